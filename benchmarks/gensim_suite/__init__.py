"""gensim's own tests, run against w2vfast.compat.gensim."""
