"""Interfaces of other libraries: their names and signatures over w2vfast's own code."""
