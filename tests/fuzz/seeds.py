"""Valid files of every format, as bytes: where fuzzing starts."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import struct
import sys
from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from w2vfast import KeyedVectors, Word2Vec
from w2vfast.compat.gensim import Word2Vec as GensimWord2Vec
from w2vfast.io.input import Input
from w2vfast.io.safetensors_layout import read_layout

KEYS = ["the", "king", "caf\u00e9", "\u65e5\u672c", "a"]
SENTENCES = [KEYS, KEYS[::-1], KEYS[:2]] * 12
TEXT = "\n".join(" ".join(sentence) for sentence in SENTENCES).encode()
PAIRS = "Word 1\tWord 2\tScore\nthe\tking\t6.77\na\tcaf\u00e9\t1e-1\n".encode()
JSON_LINES = b'{"text": "to be or not", "id": 1}\n{"text": "be \\u00e9"}\n' * 3
CSV = b'id,text\n1,"to be, or ""not"" "\n2,to be\n' * 3
ANALOGIES = b": capitals\nAthens Greece Oslo Norway\ns\ta\tb\tc\td\n# note\n"


def vectors() -> KeyedVectors:
    """Return five words with vectors of four dimensions."""
    rows = np.random.default_rng(0).normal(size=(5, 4)).astype(np.float32)
    return KeyedVectors(KEYS, rows, counts=np.arange(5, 0, -1))


@cache
def saved_vectors(suffix: str) -> bytes:
    """Return the vectors as a file with this suffix."""
    with TemporaryDirectory() as folder:
        path = Path(folder, f"vectors{suffix}")
        vectors().save(path)
        return path.read_bytes()


@cache
def glove() -> bytes:
    """Return the vectors as GloVe's text."""
    return saved_vectors(".txt").partition(b"\n")[2]


@cache
def model_folder(name: str) -> bytes:
    """Return one file of a model folder."""
    with TemporaryDirectory() as folder:
        vectors().save(Path(folder), format="static-embedding")
        return Path(folder, name).read_bytes()


@cache
def model(loss: str = "negative_sampling") -> bytes:
    """Return a model whose run was interrupted, without checksums."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "model.w2v")
        new = Word2Vec(SENTENCES, 4, min_count=1, sample=0, loss=loss, workers=1)
        new.train(after_epoch=lambda _: True).save(path)
        return edit_header(path.read_bytes(), lambda header: None)


@cache
def gensim_model() -> bytes:
    """Return a model of the gensim layer, without checksums."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "model")
        GensimWord2Vec(SENTENCES, vector_size=4, min_count=1, workers=1).save(str(path))
        return edit_header(path.read_bytes(), lambda header: None)


def edit_header(data: bytes, edit) -> bytes:
    """Return a safetensors file with an edited header and no checksums."""
    layout = read_layout(Input(io.BytesIO(data)))
    header = json.loads(data[8 : layout.data_start])
    header["__metadata__"].pop("crc32", None)
    edit(header)
    changed = json.dumps(header).encode()
    return len(changed).to_bytes(8, "little") + changed + data[layout.data_start :]


def fasttext() -> bytes:
    """Return a fastText model with subwords and 20 buckets."""
    data = struct.pack("<2i", 793712314, 12)
    data += struct.pack("<12id", 4, 5, 5, 1, 5, 1, 2, 2, 20, 2, 4, 100, 1e-4)
    data += struct.pack("<3i2q", len(KEYS), len(KEYS), 0, 1000, -1)
    for i, word in enumerate(KEYS):
        data += word.encode() + b"\0" + struct.pack("<qb", 100 - i, 0)
    matrix = np.random.default_rng(0).normal(size=(len(KEYS) + 20, 4)).astype("<f4")
    return data + b"\0" + struct.pack("<2q", *matrix.shape) + matrix.tobytes() + b"\0"


@cache
def arrow_corpora(suffix: str) -> list[bytes]:
    """Return files with columns of text, words, codes of words, or ids."""
    pa, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
    words = pa.array(SENTENCES)
    codes = pa.ListArray.from_arrays(words.offsets, words.values.dictionary_encode())
    columns = [
        pa.array(TEXT.decode().splitlines()),
        words,
        codes,
        pa.array([[7, 1]] * 9),
    ]
    found = []
    for column in columns:
        table, sink = pa.table({"id": range(len(column)), "text": column}), io.BytesIO()
        if suffix == ".parquet":
            parquet.write_table(table, sink, row_group_size=20)
        else:
            make = pa.ipc.new_stream if suffix == ".arrows" else pa.ipc.new_file
            with make(sink, table.schema) as writer:
                writer.write_table(table, max_chunksize=20)
        found.append(sink.getvalue())
    return found


def text_arrays() -> bytes:
    """Return an .npz file with compressed arrays and keys as text."""
    file = io.BytesIO()
    np.savez_compressed(file, vectors=vectors().vectors, keys=np.array(KEYS))
    return file.getvalue()


def compress(data: bytes, suffix: str) -> bytes:
    """Return compressed data."""
    if suffix == ".zst":
        if sys.version_info >= (3, 14):
            return import_module("compression.zstd").compress(data)
        return import_module("zstandard").ZstdCompressor().compress(data)
    return {".gz": gzip, ".bz2": bz2, ".xz": lzma}[suffix].compress(data)
