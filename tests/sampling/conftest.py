"""Hypothesis settings of these tests."""

from hypothesis import settings

settings.register_profile("w2vfast", max_examples=60, deadline=None)
settings.load_profile("w2vfast")
