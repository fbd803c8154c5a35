"""Names of gensim that stay in gensim: where to import them from."""

from __future__ import annotations

#: The module of gensim that has a name.
_MODULES = {
    "BrownCorpus": "gensim.models.word2vec",
    "Dictionary": "gensim.corpora",
    "Doc2Vec": "gensim.models",
    "ENGLISH_CONNECTOR_WORDS": "gensim.models.phrases",
    "FastText": "gensim.models",
    "FastTextKeyedVectors": "gensim.models.fasttext",
    "FrozenPhrases": "gensim.models.phrases",
    "Phraser": "gensim.models.phrases",
    "Phrases": "gensim.models.phrases",
    "TaggedDocument": "gensim.models.doc2vec",
    "downloader": "gensim",
    "load_facebook_model": "gensim.models.fasttext",
    "load_facebook_vectors": "gensim.models.fasttext",
    "simple_preprocess": "gensim.utils",
    "corpora": "gensim",
    "similarities": "gensim",
    "utils": "gensim",
}


def explain(package: str, name: str) -> Exception:
    """
    Return the error for a name that the layer does not have.

    Python replaces an AttributeError by an ImportError of its own in ``from … import``,
    so names that gensim has are answered with an ImportError.
    """
    if name in _MODULES:
        return ImportError(
            f"{name} stays in gensim: from {_MODULES[name]} import {name}", name=package
        )
    if name in ("models", "word2vec", "Word2VecKeyedVectors"):
        return ImportError(
            f"{name} is not here: from {package} import Word2Vec, KeyedVectors, and "
            "write Word2Vec where the program has gensim.models.Word2Vec",
            name=package,
        )
    return AttributeError(f"module {package!r} has no attribute {name!r}")
