"""Pictures of word vectors and of training, and pages for a browser."""
