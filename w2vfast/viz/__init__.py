"""Pictures of word vectors: pages for a browser."""
