"""Train the same model with w2vfast, gensim or fastText."""
