# cython: language_level=3
"""Stub."""
def nothing():
    return 1
