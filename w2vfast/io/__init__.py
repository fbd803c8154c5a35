"""Read and write files of vectors and models."""
