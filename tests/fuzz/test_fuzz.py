"""A bounded part of the fuzzing: damaged files of every format, and round trips."""

import random
import sys
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
import seeds
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from mutation import mutate
from targets import TARGETS

from w2vfast import KeyedVectors

EXAMPLES = settings(
    max_examples=25, suppress_health_check=[HealthCheck.too_slow], database=None
)
TEXT_KEY = st.text(st.characters(codec="utf-8"), min_size=1, max_size=9).filter(
    lambda key: len(key.split()) == 1 and key == key.strip() and key[0] != "\ufeff"
)
FORMATS = {
    ".bin": TEXT_KEY,
    ".txt": TEXT_KEY,
    ".w2v": st.text(max_size=9),
    ".npz": st.text(max_size=9),
    ".w2v.gz": st.text(max_size=9),
}


def need_zstandard(name):
    if name.endswith(".zst") and sys.version_info < (3, 14):
        pytest.importorskip("zstandard")


@pytest.mark.parametrize("name", TARGETS)
def test_valid_files_pass(name):
    need_zstandard(name)
    for seed in TARGETS[name].seeds():
        TARGETS[name].check(seed)


@pytest.mark.parametrize("name", TARGETS)
def test_damaged_files_are_read_or_refused(name):
    need_zstandard(name)
    starts = TARGETS[name].seeds()

    @EXAMPLES
    @given(st.integers(0, 2**32))
    @example(0)
    def check(seed):
        drawn = random.Random(seed)
        TARGETS[name].check(mutate(drawn.choice(starts), drawn))

    check()


@pytest.mark.parametrize("name", TARGETS)
def test_random_bytes_are_refused(name):
    need_zstandard(name)

    @EXAMPLES
    @given(st.binary(max_size=200))
    @example(b"")
    def check(data):
        TARGETS[name].check(data)

    check()


@pytest.mark.parametrize(
    "name", ["word2vec-text", "word2vec-binary", "fasttext-binary"]
)
def test_a_file_truncated_anywhere_is_read_or_refused(name):
    whole = TARGETS[name].seeds()[0]
    for end in range(0, len(whole), 3):
        TARGETS[name].check(whole[:end])


@pytest.mark.parametrize("suffix", FORMATS)
@EXAMPLES
@given(st.data())
def test_random_keys_and_vectors_survive_a_round_trip(suffix, data):
    drawn = data.draw(st.lists(FORMATS[suffix], min_size=1, max_size=6, unique=True))
    floats = st.floats(width=32, allow_nan=False, allow_infinity=False)
    n = 2 * len(drawn)
    rows = np.array(data.draw(st.lists(floats, min_size=n, max_size=n)), np.float32)
    wv = KeyedVectors(drawn, rows.reshape(-1, 2))
    with TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("error")
        path = Path(folder, f"v{suffix}")
        try:
            wv.save(path)
        except ValueError:  # a lone surrogate that stands for no byte
            assert any(not key.isprintable() for key in drawn)
            return
        loaded = KeyedVectors.load(path)
    assert loaded.index_to_key == drawn
    assert loaded.vectors.tobytes() == wv.vectors.tobytes()


def test_mutations_differ_and_stay_short():
    start = seeds.saved_vectors(".txt")
    found = {mutate(start, random.Random(seed)) for seed in range(200)}
    assert len(found) > 150 and max(map(len, found)) < 1 << 20
