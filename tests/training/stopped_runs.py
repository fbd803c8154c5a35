"""Runs that stop after one epoch, for tests of the files that such runs leave."""

from w2vfast import Word2Vec

SENTENCES = [["sun", "moon", "star", "sky"]] * 50
SETTINGS = {"vector_size": 8, "min_count": 1, "sample": 0, "workers": 1, "epochs": 3}


def stop(model):
    """Stop a run when its first epoch has ended: a value of `after_epoch`."""
    return True


def make():
    """Return a model that was not trained."""
    return Word2Vec(SENTENCES, **SETTINGS)
