"""Files of vectors and models: formats, atomic replacement, error messages."""
