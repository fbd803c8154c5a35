"""Sentences in another order than the ids train as if the ids were in that order."""

from dataclasses import replace

import numpy as np
import pytest

SHAPES = ("mixed", "long", "pairs", "lonely", "unknown")


@pytest.fixture(params=SHAPES)
def arguments(request, make_arguments):
    """Return untrained arguments, the ids in the order of the corpus."""
    return make_arguments(request.param, batch_size=16, block_size=61)


def reordered(arguments, order):
    """Return the arguments with another order of sentences."""
    starts = arguments.offsets[:-1][order]
    ends = np.cumsum([0, *np.diff(arguments.offsets)[order]])
    return replace(arguments, starts=starts, offsets=ends)


def moved(arguments):
    """Return the arguments with ids that are in the order of training."""
    pairs = zip(arguments.starts, np.diff(arguments.offsets), strict=True)
    ids = np.concatenate([arguments.ids[s : s + n] for s, n in pairs])
    return replace(arguments, ids=ids, starts=np.zeros(0, np.int64))


@pytest.fixture
def shuffled(arguments):
    order = np.random.default_rng(5).permutation(len(arguments.offsets) - 1)
    return reordered(arguments, order)


@pytest.mark.parametrize("cbow", [False, True])
def test_training_is_that_of_moved_sentences(
    kernels, shuffled, copy_arguments, train_all, cbow
):
    got = copy_arguments(shuffled, cbow=cbow)
    expected = copy_arguments(moved(shuffled), cbow=cbow)
    assert train_all(kernels, got) == train_all(kernels, expected)
    assert np.array_equal(got.centre, expected.centre)
    assert np.array_equal(got.outside, expected.outside)


def test_the_order_matters(kernels, arguments, shuffled, copy_arguments, train_all):
    plain, other = copy_arguments(arguments), copy_arguments(shuffled)
    for run in (plain, other):
        train_all(kernels, run)
    is_one = len(arguments.offsets) == 2
    assert np.array_equal(plain.centre, other.centre) == is_one


@pytest.mark.parametrize("streams", [1, 3])
def test_rounds_have_the_order_too(kernels, shuffled, copy_arguments, streams):
    results = []
    for source in (shuffled, moved(shuffled)):
        run = copy_arguments(source, streams=streams)
        rounds = kernels.Rounds(run, 1)
        rounds.begin(0, 0, min(streams, run.n_blocks))
        rounds.work()
        results.append((rounds.totals(), run.centre.tobytes()))
    assert results[0] == results[1]


def test_windows_behind_a_block_are_those_of_its_last_sentence(
    kernels, make_arguments, copy_arguments, train_all
):
    """There every second token is unknown, so that the window reaches twice as far."""
    plain = make_arguments("mixed", sample=0, shrink_windows=False, block_size=50)
    known = np.random.default_rng(6).integers(0, 20, 120).astype(np.int32)
    known[:40:2] = len(plain.centre)
    offsets = np.array([0, 40, 80, 120])
    shuffled = reordered(replace(plain, ids=known, offsets=offsets), [1, 0, 2])
    got, expected = copy_arguments(shuffled), copy_arguments(moved(shuffled))
    assert train_all(kernels, got) == train_all(kernels, expected)
    assert np.array_equal(got.centre, expected.centre)


def test_sentences_outside_the_ids_are_refused(arguments):
    n = len(arguments.offsets) - 1
    for starts in ([-1], [len(arguments.ids)]):
        starts = np.array(starts * n, np.int64)
        with pytest.raises(ValueError, match="expected sentences within"):
            replace(arguments, starts=starts)
    with pytest.raises(ValueError, match="starts has"):
        replace(arguments, starts=np.zeros(n + 1, np.int64))


def test_a_negative_id_anywhere_is_refused(shuffled):
    ids = shuffled.ids.copy()
    ids[-1] = -1
    with pytest.raises(ValueError, match=rf"ids\[{len(ids) - 1}\] is -1"):
        replace(shuffled, ids=ids)


def test_ids_between_positions_are_those_of_moved_sentences(arguments, shuffled):
    n = len(shuffled.ids)
    for source, ids in ((arguments, arguments.ids), (shuffled, moved(shuffled).ids)):
        for first, last in ((0, n), (0, 61), (61, 122), (n - 5, n + 50), (n, n + 9)):
            got = source.ids_between(first, last)
            assert got.tolist() == ids[first:last].tolist()
