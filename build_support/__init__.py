"""How setup.py compiles and packs w2vfast. Part of the sdist, not of the wheel."""
