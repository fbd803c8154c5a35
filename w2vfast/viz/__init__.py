"""Pictures of word vectors and of training, with optional packages."""
