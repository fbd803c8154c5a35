"""Layers with the names and behaviour of other libraries, over w2vfast's own parts."""
