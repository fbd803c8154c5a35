"""Word vectors on CPUs: ``Word2Vec(corpus).train()``."""

from w2vfast.runtime import startup

startup.quiet_interrupts()

from w2vfast.corpus import Corpus, Vocabulary
from w2vfast.evaluation.early_stopping import EarlyStopping
from w2vfast.keyedvectors import KeyedVectors
from w2vfast.training.callbacks import Callback
from w2vfast.training.diagnosis import TrainingWarning
from w2vfast.training.epoch import DivergedError
from w2vfast.training.periodic import CheckpointError
from w2vfast.word2vec import Word2Vec

__version__ = "0.1.0"
__all__ = [
    "Callback",
    "CheckpointError",
    "Corpus",
    "DivergedError",
    "EarlyStopping",
    "KeyedVectors",
    "TrainingWarning",
    "Vocabulary",
    "Word2Vec",
]
