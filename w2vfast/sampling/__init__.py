"""Subsampling, the noise distribution and the Huffman tree."""
