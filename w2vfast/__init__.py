"""Word vectors on CPUs: ``Word2Vec(corpus).train()``."""

from importlib import import_module
from typing import TYPE_CHECKING

from w2vfast.runtime import source_folder, startup

startup.quiet_interrupts()
source_folder.explain_missing_modules()

if TYPE_CHECKING:
    from w2vfast.corpus import Corpus, Vocabulary
    from w2vfast.evaluation.early_stopping import EarlyStopping
    from w2vfast.keyedvectors import KeyedVectors
    from w2vfast.training.callbacks import Callback
    from w2vfast.training.diagnosis import TrainingWarning
    from w2vfast.training.epoch import DivergedError
    from w2vfast.training.other_corpus import OtherCorpusError
    from w2vfast.training.periodic import CheckpointError
    from w2vfast.training.presets import presets
    from w2vfast.word2vec import Word2Vec

__version__ = "0.1.0"
__all__ = [
    "Callback",
    "CheckpointError",
    "Corpus",
    "DivergedError",
    "EarlyStopping",
    "KeyedVectors",
    "OtherCorpusError",
    "TrainingWarning",
    "Vocabulary",
    "Word2Vec",
    "presets",
]
#: The module of each name.
_MODULES = {
    "Callback": "training.callbacks",
    "CheckpointError": "training.periodic",
    "Corpus": "corpus",
    "DivergedError": "training.epoch",
    "EarlyStopping": "evaluation.early_stopping",
    "KeyedVectors": "keyedvectors",
    "OtherCorpusError": "training.other_corpus",
    "TrainingWarning": "training.diagnosis",
    "Vocabulary": "corpus",
    "Word2Vec": "word2vec",
    "presets": "training.presets",
}


def __getattr__(name: str) -> object:
    """Import a name at its first use: `KeyedVectors` needs no code for training."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Return the names that exist, also those not imported yet."""
    return sorted({*globals(), *__all__})
