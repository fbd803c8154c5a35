"""
One function for each loader and each reader: bytes in, nothing out.

A target returns if the bytes were read or refused as documented, with ValueError or, for
damaged compressed data, OSError. It raises if anything else happens, or if the result
breaks a promise. `run.py` and `test_fuzz.py` give them bytes.
"""

from __future__ import annotations

import io
import json
import random
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from copy import deepcopy
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
import seeds

from w2vfast import Corpus, DivergedError, KeyedVectors, Word2Vec
from w2vfast.compat.gensim import Word2Vec as GensimWord2Vec
from w2vfast.io.evaluation_files import read_analogies, read_word_pairs

#: Values that a hostile file may have where a number or a text belongs.
HOSTILE = (
    -1, 0, 1, 2, -(10**6), 2**31 - 1, 2**31, 2**63 - 1, 2**64, 10**400, 0.5, -0.0, 1e300,
    float("nan"), float("inf"), None, True, "", "1", "\u0663", "1_0", "\ud800", [], {},
    [[]], {"a": 1}, "softmax", "cbow", "hierarchical_softmax",
)  # fmt: skip


#: Without pyarrow there are no readers of Arrow and Parquet to test.
HAS_PYARROW = find_spec("pyarrow") is not None


class Target(NamedTuple):
    """A function to test, and valid inputs for it."""

    check: Callable[[bytes], None]
    seeds: Callable[[], list[bytes]]


@contextmanager
def refused() -> Iterator[None]:
    """Accept the documented errors."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with suppress(ValueError, OSError):
            yield


@contextmanager
def file_with(data: bytes, name: str) -> Iterator[Path]:
    """Yield the path of a new file."""
    with TemporaryDirectory(prefix="w2vfast-fuzz-") as folder:
        path = Path(folder, name)
        path.write_bytes(data)
        yield path


def check_vectors(wv: KeyedVectors) -> None:
    """Check that vectors are what `KeyedVectors` promises."""
    assert wv.vectors.shape[0] == len(wv.index_to_key) == len(wv.key_to_index) > 0
    assert wv.vectors.dtype in (np.float32, np.float16)
    assert np.isfinite(wv.vectors).all()
    assert all(type(key) is str for key in wv.index_to_key)


def load_file(data: bytes, name: str) -> None:
    """Load vectors from a path, then from a stream of unknown size."""
    with file_with(data, name) as path, refused():
        check_vectors(KeyedVectors.load(path))
    with refused():
        check_vectors(KeyedVectors.load(io.BytesIO(data)))


def load_limited(data: bytes, name: str) -> None:
    """Load two words, and map the file if its format allows it."""
    with file_with(data, name) as path:
        with refused():
            assert len(KeyedVectors.load(path, limit=2, duplicates="first")) <= 2
        if name.endswith(".w2v"):
            with refused():
                wv = KeyedVectors.load(path, mmap=True)
                assert len(wv) == len(wv.vectors)


def load_compressed(data: bytes, suffix: str) -> None:
    """Load damaged compressed data, and damaged data compressed."""
    with file_with(data, f"v.txt{suffix}") as path, refused():
        check_vectors(KeyedVectors.load(path))
    with refused():
        Corpus_of(data, f"text{suffix}")


def load_folder(data: bytes, name: str) -> None:
    """Load a model folder in which one file has other content."""
    with TemporaryDirectory(prefix="w2vfast-fuzz-") as folder:
        seeds.vectors().save(Path(folder), format="static-embedding")
        Path(folder, name).write_bytes(data)
        with refused():
            check_vectors(KeyedVectors.load(folder))


def train_loaded(data: bytes) -> None:
    """Load a model and train it for an epoch, as a user would continue its run."""
    with file_with(data, "m.w2v") as path, refused():
        model = Word2Vec.load(path, workers=1)
        state = model._state
        assert np.isfinite(state.centre).all() and np.isfinite(state.outside).all()
        if state.parameters.vector_size > 64 or len(state.vocabulary) > 1000:
            return
        # Large batches may need more memory than there is; the error says so.
        with suppress(DivergedError, MemoryError):
            model.train(seeds.SENTENCES, after_epoch=lambda _: True)


def train_edited(data: bytes) -> None:
    """Edit fields of a model file at random, with `data` as the seed; then train it."""
    drawn = random.Random(data)
    losses = ["negative_sampling", "hierarchical_softmax", "softmax"]
    start = seeds.model(losses[len(data) % 3])

    def edit(header):
        metadata = header["__metadata__"]
        content = json.loads(metadata["parameters"])
        for _ in range(drawn.choice([1, 1, 1, 2, 4])):
            edit_value(drawn, drawn.choice([content, content.get("run"), header]))
        metadata = header.get("__metadata__")
        if isinstance(metadata, dict):
            metadata["parameters"] = json.dumps(content)

    train_loaded(seeds.edit_header(start, edit))


def edit_value(drawn: random.Random, value) -> None:
    """Replace, delete or add an item somewhere inside a JSON value."""
    while isinstance(value, dict | list):
        keys = list(value) if isinstance(value, dict) else list(range(len(value)))
        if not keys:
            return
        key = drawn.choice(keys)
        if isinstance(value[key], dict | list) and drawn.random() < 0.8:
            value = value[key]
            continue
        if drawn.random() < 0.1:
            del value[key]
        elif drawn.random() < 0.1 and isinstance(value, dict):
            value[drawn.choice(["x", "counts", "centre_scale"])] = deepcopy(value[key])
        else:
            value[key] = deepcopy(drawn.choice(HOSTILE))
        return


def load_gensim(data: bytes) -> None:
    """Load a model of the gensim layer and use it."""
    with file_with(data, "m") as path, refused(), suppress(AttributeError):
        model = GensimWord2Vec.load(str(path))
        if len(model.wv):
            model.wv.most_similar(model.wv.index_to_key[0])


def Corpus_of(data: bytes, name: str) -> None:  # noqa: N802
    """Read text with one and with two threads; the results are equal."""
    with file_with(data, name) as path:
        found = [Corpus(path, workers, _chunk_bytes=64) for workers in (1, 2)]
        one, two = found
        assert (one.ids == two.ids).all() and (one.offsets == two.offsets).all()
        assert one.words() == two.words() and one.counts.sum() == len(one.ids)
        assert one.offsets[0] == 0 and one.offsets[-1] == len(one.ids)


def read_text(data: bytes) -> None:
    """Read plain text."""
    with refused():
        Corpus_of(data, "text")


def read_compressed(data: bytes) -> None:
    """Read text that was compressed after it was damaged."""
    for suffix in (".gz", ".bz2", ".xz"):
        with refused():
            Corpus_of(seeds.compress(data, suffix), f"text{suffix}")


def read_encoded(data: bytes) -> None:
    """Read text of other encodings, and with other treatment of errors."""
    options = ("latin-1", "strict"), ("utf-16", "replace"), ("gbk", "ignore")
    for encoding, errors in (*options, ("utf-8", "surrogateescape")):
        with file_with(data, "text") as path, refused():
            corpus = Corpus(path, 1, encoding=encoding, errors=errors)
            assert corpus.offsets[-1] == len(corpus.ids)


def read_field(data: bytes, name: str) -> None:
    """Read a field of JSON Lines or CSV."""
    with file_with(data, name) as path, refused():
        corpus = Corpus(path, 1, field="text")
        assert corpus.offsets[-1] == len(corpus.ids)


def read_column(data: bytes, name: str) -> None:
    """Read a column of an Arrow or a Parquet file."""
    with file_with(data, name) as path, refused(), suppress(TypeError):
        corpus = Corpus(path, 1, field="text")
        assert corpus.offsets[-1] == len(corpus.ids) == corpus.counts.sum()
        assert all(type(word) is str for word in corpus.words())


def resume(data: bytes) -> None:
    """Continue the run of a damaged checkpoint."""
    with file_with(data, "run.ckpt") as path, refused(), suppress(DivergedError):
        Word2Vec.resume(path, seeds.SENTENCES, checkpoint=False, workers=1)


def read_evaluation(data: bytes, read: Callable[[Path], list]) -> None:
    """Read word pairs or analogies."""
    with file_with(data, "pairs") as path, refused():
        read(path)


def _vector_targets() -> dict[str, Target]:
    files = {
        "word2vec-text": ("v.txt", lambda: [seeds.saved_vectors(".txt")]),
        "glove": ("v.txt", lambda: [seeds.glove()]),
        "word2vec-binary": ("v.bin", lambda: [seeds.saved_vectors(".bin")]),
        "fasttext-binary": ("v.bin", lambda: [seeds.fasttext()]),
        "npz": ("v.npz", lambda: [seeds.saved_vectors(".npz"), seeds.text_arrays()]),
        "w2v": ("v.w2v", lambda: [seeds.saved_vectors(".w2v")]),
    }
    if HAS_PYARROW:
        for name in ("parquet", "arrow"):
            file = f"v.{name}"
            start = partial(seeds.saved_vectors, f".{name}")
            files[name] = file, lambda start=start: [start()]
    found = {}
    for name, (file, start) in files.items():
        found[name] = Target(partial(load_file, name=file), start)
        found[f"{name}-limited"] = Target(partial(load_limited, name=file), start)
    return found


TARGETS: dict[str, Target] = {
    **_vector_targets(),
    **{
        f"compressed{suffix}": Target(
            partial(load_compressed, suffix=suffix),
            lambda suffix=suffix: [
                seeds.compress(seeds.saved_vectors(".txt"), suffix),
                seeds.compress(seeds.TEXT, suffix),
            ],
        )
        for suffix in (".gz", ".bz2", ".xz", ".zst")
    },
    **{
        f"folder-{name}": Target(
            partial(load_folder, name=name),
            lambda name=name: [seeds.model_folder(name)],
        )
        for name in ("model.safetensors", "tokenizer.json", "config.json")
    },
    "model": Target(train_loaded, lambda: [seeds.model()]),
    "model-fields": Target(train_edited, lambda: [b"", b"0", b"00"]),
    "gensim-model": Target(load_gensim, lambda: [seeds.gensim_model()]),
    "text": Target(read_text, lambda: [seeds.TEXT, b"a\0b \xff\r\n\x0b\xc2\x85 b"]),
    "text-encodings": Target(
        read_encoded,
        lambda: [seeds.TEXT, seeds.TEXT.decode().encode("utf-16"), b"caf\xe9 \xb0\xa1"],
    ),
    "text-json-lines": Target(
        partial(read_field, name="text.jsonl"), lambda: [seeds.JSON_LINES]
    ),
    "text-csv": Target(partial(read_field, name="text.csv"), lambda: [seeds.CSV]),
    **{
        f"column{suffix}": Target(
            partial(read_column, name=f"text{suffix}"),
            partial(seeds.arrow_corpora, suffix),
        )
        for suffix in (".parquet", ".arrow", ".arrows")
        if HAS_PYARROW
    },
    "checkpoint": Target(resume, lambda: [seeds.model()]),
    "text-compressed": Target(read_compressed, lambda: [seeds.TEXT]),
    "word-pairs": Target(
        partial(read_evaluation, read=read_word_pairs), lambda: [seeds.PAIRS]
    ),
    "analogies": Target(
        partial(read_evaluation, read=read_analogies), lambda: [seeds.ANALOGIES]
    ),
}
