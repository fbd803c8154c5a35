"""What files are: names, signatures, compression, encodings; for text and vectors."""
