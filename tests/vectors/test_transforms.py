"""Subsets, added words, unit vectors, float16, all-but-the-top and alignment."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from w2vfast.keyedvectors import KeyedVectors
from w2vfast.vectors.procrustes import orthogonal_map

KEYS = [f"w{i}" for i in range(30)]


def random_rows(n=30, dimensions=6, seed=0):
    return np.random.default_rng(seed).normal(size=(n, dimensions)).astype(np.float32)


@pytest.fixture
def wv():
    return KeyedVectors(KEYS, random_rows(), np.arange(30, 0, -1))


# subset


def test_a_subset_has_its_own_rows_in_the_given_order(wv):
    part = wv.subset(["w7", "w2", "w9"])
    assert part.index_to_key == ["w7", "w2", "w9"]
    assert part.key_to_index == {"w7": 0, "w2": 1, "w9": 2}
    np.testing.assert_array_equal(part.vectors, wv.vectors[[7, 2, 9]])
    assert part.counts.tolist() == [23, 28, 21]
    assert not np.shares_memory(part.vectors, wv.vectors)
    assert {word for word, _ in part.most_similar("w2")} == {"w7", "w9"}
    assert KeyedVectors(KEYS, random_rows()).subset(iter(KEYS[:2])).counts is None
    assert type(part) is KeyedVectors


@pytest.mark.parametrize(
    ("keys", "error", "message"),
    [
        (["w1", "x"], KeyError, "'x'"),
        (["w1", "w1"], ValueError, "duplicate key 'w1'"),
        ([], ValueError, "no words"),
        ("w1", TypeError, "keys='w1'"),
    ],
)
def test_bad_subsets_are_rejected(wv, keys, error, message):
    with pytest.raises(error, match=message):
        wv.subset(keys)


# add


def test_added_words_are_found_at_once(wv):
    before = wv.vectors.copy()
    wv.most_similar("w1")  # computes the norms
    new = np.stack([before[1] * 2, -before[1]])
    assert wv.add(["twin", "opposite"], new, [5, 4]) is None
    assert wv.index_to_key == [*KEYS, "twin", "opposite"]
    np.testing.assert_array_equal(wv.vectors, np.concatenate([before, new]))
    assert wv.counts.tolist() == [*range(30, 0, -1), 5, 4]
    assert wv.most_similar("w1", topn=1) == [("twin", pytest.approx(1))]
    assert wv.most_similar("twin", topn=31)[-1][0] == "opposite"
    assert wv.norms[30] == pytest.approx(2 * wv.norms[1])
    assert not wv.vectors.flags.writeable


def test_a_single_word_and_missing_counts(wv):
    wv.add("new", np.ones(6))
    assert wv["new"].tolist() == [1] * 6
    assert wv.counts[-1] == 0
    plain = KeyedVectors(KEYS, random_rows())
    plain.add(["new"], np.ones((1, 6)))
    assert plain.counts is None


def test_known_words_are_replaced_on_request_only(wv):
    before = wv.vectors.copy()
    rows = np.array([before[3], before[5], before[7]]) * 3
    with pytest.raises(ValueError, match=r"not new: .* such as 'w1'.*replace=True"):
        wv.add(["new", "w1"], rows[:2])
    wv.norms  # noqa: B018  the cached norms must not survive
    wv.add(["w1", "new", "w9"], rows, [7, 8, 9], replace=True)
    assert wv.index_to_key == [*KEYS, "new"]
    np.testing.assert_array_equal(wv.vectors[[1, 30, 9]], rows)
    others = [i for i in range(30) if i not in (1, 9)]
    np.testing.assert_array_equal(wv.vectors[others], before[others])
    assert wv.counts[[1, 30, 9]].tolist() == [7, 8, 9]
    assert wv.similarity("w1", "w3") == pytest.approx(1)
    assert wv.most_similar("w1", topn=1)[0][0] == "w3"
    wv.add(["w0"], rows[:1], replace=True)
    assert wv.counts[0] == 30  # no counts given: the old count stays


@pytest.mark.parametrize(
    ("keys", "vectors", "counts", "error", "message"),
    [
        (["a", "a"], np.ones((2, 6)), None, ValueError, "duplicate key 'a'"),
        (["a"], np.ones((1, 5)), None, ValueError, "5 columns, expected 6"),
        (["a"], np.ones((2, 6)), None, ValueError, "for each key"),
        (["a"], np.full((1, 6), np.nan), None, ValueError, "'a'"),
        (["a"], np.ones((1, 6), int), None, TypeError, "int64"),
        ([1], np.ones((1, 6)), None, TypeError, r"keys\[0\]"),
        (["a"], np.ones((1, 6)), [-1], ValueError, "negative"),
        (["a"], np.ones((1, 6)), [1, 2], ValueError, "counts"),
        ([], np.ones((0, 6)), None, ValueError, "no words"),
    ],
)
def test_a_rejected_addition_changes_nothing(wv, keys, vectors, counts, error, message):
    before = wv.vectors
    with pytest.raises(error, match=message):
        wv.add(keys, vectors, counts)
    assert wv.vectors is before
    assert wv.index_to_key == KEYS
    assert len(wv.counts) == 30


def test_counts_for_vectors_without_counts_are_rejected():
    wv = KeyedVectors(KEYS, random_rows())
    with pytest.raises(ValueError, match="no counts"):
        wv.add(["a"], np.ones((1, 6)), [3])


# unit_normalized, to_float16


def test_unit_vectors_have_length_one_and_zeros_stay_zeros():
    rows = random_rows()
    rows[3] = 0
    rows[4] = 1e-44
    rows[5] = 3e38
    wv = KeyedVectors(KEYS, rows, np.arange(30)).unit_normalized()
    assert wv.vectors.dtype == np.float32
    expected = np.ones(30)
    expected[3] = 0
    np.testing.assert_allclose(wv.norms, expected, rtol=1e-6)
    assert not wv["w3"].any()
    assert wv.counts.tolist() == list(range(30))


def test_float16_vectors_answer_like_their_rounded_values(wv):
    half = wv.to_float16()
    rounded = KeyedVectors(KEYS, wv.vectors.astype(np.float16).astype(np.float32))
    assert half.vectors.dtype == half["w1"].dtype == np.float16
    assert half.vectors.nbytes * 2 == wv.vectors.nbytes
    assert not half.vectors.flags.writeable
    assert wv.vectors.dtype == np.float32
    np.testing.assert_array_equal(half.norms, rounded.norms)
    for method in ("add", "multiply"):
        queries, negative = ["w1", "w2", ["w3", "w4"]], [None, "w5", None]
        assert half.most_similar_batch(
            queries, negative=negative, method=method
        ) == rounded.most_similar_batch(queries, negative=negative, method=method)
    assert half.similarity("w1", "w2") == rounded.similarity("w1", "w2")
    assert half.rank("w1", "w2") == rounded.rank("w1", "w2")
    np.testing.assert_array_equal(half.similarities("w1"), rounded.similarities("w1"))
    assert half.subset(["w1"]).vectors.dtype == np.float16
    half.add(["new"], np.full((1, 6), 0.1))
    assert half.vectors.dtype == np.float16


@pytest.mark.parametrize("suffix", ["w2v", "bin", "txt"])
def test_files_of_float16_vectors_hold_float32(wv, tmp_path, suffix):
    half = wv.to_float16()
    half.save(tmp_path / f"half.{suffix}")
    loaded = KeyedVectors.load(tmp_path / f"half.{suffix}")
    assert loaded.vectors.dtype == np.float32
    np.testing.assert_array_equal(loaded.vectors, half.vectors)


def test_numbers_too_large_for_float16_are_rejected():
    wv = KeyedVectors(["a", "b"], np.array([[1.0, 2], [3, 1e5]]))
    with pytest.raises(ValueError, match=r"'b'.*65504"):
        wv.to_float16()


# all_but_the_top


@pytest.mark.parametrize("n_directions", [0, 1, 3, 6, None])
def test_the_mean_and_the_first_directions_are_removed(n_directions):
    rows = random_rows(200, 6) * [9, 5, 3, 2, 1, 0.5] + 7
    wv = KeyedVectors([f"w{i}" for i in range(200)], rows, np.arange(200))
    found = wv.all_but_the_top(n_directions)
    centred = wv.vectors.astype(float) - wv.vectors.astype(float).mean(axis=0)
    directions = np.linalg.svd(centred)[2][
        : 1 if n_directions is None else n_directions
    ]
    expected = centred - centred @ directions.T @ directions
    np.testing.assert_allclose(found.vectors, expected, atol=2e-5)
    assert found.counts.tolist() == list(range(200))


@pytest.mark.parametrize("n_directions", [-1, 7])
def test_the_number_of_directions_is_checked(wv, n_directions):
    with pytest.raises(ValueError, match=f"{n_directions} directions"):
        wv.all_but_the_top(n_directions)


# align_to


@given(st.integers(0, 2**32), st.integers(1, 8))
def test_alignment_undoes_a_rotation(seed, dimensions):
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(30, dimensions)).astype(np.float32)
    rotation = np.linalg.qr(rng.normal(size=(dimensions, dimensions)))[0]
    target = KeyedVectors(KEYS, rows)
    order = rng.permutation(30)
    source = KeyedVectors([KEYS[i] for i in order], (rows @ rotation)[order])
    aligned = source.align_to(target)
    np.testing.assert_allclose(aligned[KEYS], rows, atol=1e-5)


@given(st.integers(0, 2**32))
def test_no_other_rotation_is_closer(seed):
    rng = np.random.default_rng(seed)
    source, target = rng.normal(size=(2, 20, 4))
    source /= np.linalg.norm(source, axis=1)[:, None]
    target /= np.linalg.norm(target, axis=1)[:, None]
    best = orthogonal_map(source, target)
    np.testing.assert_allclose(best @ best.T, np.eye(4), atol=1e-12)
    error = np.square(source @ best - target).sum()
    for scale in (1e-3, 0.1, 10):
        turn = np.linalg.qr(best + scale * rng.normal(size=(4, 4)))
        other = turn[0] * np.sign(np.diag(turn[1]))
        assert error <= np.square(source @ other - target).sum() + 1e-12


def test_long_vectors_do_not_dominate_and_lengths_stay(wv):
    scaled = KeyedVectors(KEYS, wv.vectors * np.linspace(1, 1e6, 30)[:, None])
    other = KeyedVectors(KEYS[:25], random_rows(25, seed=2))
    same = wv.align_to(other).unit_normalized().vectors
    aligned = scaled.align_to(other)
    np.testing.assert_allclose(aligned.unit_normalized().vectors, same, atol=1e-5)
    np.testing.assert_allclose(aligned.norms, scaled.norms, rtol=1e-5)
    assert wv.align_to(other).counts.tolist() == wv.counts.tolist()


def test_chosen_words_determine_the_rotation(wv):
    rows = wv.vectors.copy()
    rows[20:] = random_rows(10, seed=5)
    other = KeyedVectors(KEYS, rows[:, ::-1].copy())
    aligned = wv.align_to(other, keys=KEYS[:20])
    np.testing.assert_allclose(aligned.vectors, wv.vectors[:, ::-1], atol=1e-5)
    with pytest.raises(KeyError, match="'x'"):
        wv.align_to(other, ["x"])


def test_sets_that_cannot_be_aligned(wv):
    with pytest.raises(ValueError, match="5 dimensions, expected 6"):
        wv.align_to(KeyedVectors(KEYS, random_rows(30, 5)))
    with pytest.raises(ValueError, match="no shared words"):
        wv.align_to(KeyedVectors(["x"], random_rows(1)))
