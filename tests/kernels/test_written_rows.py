"""Kernels write the rows of their batches alone, and train each block once.

Numbers that are not finite stop them.
"""

from dataclasses import asdict

import numpy as np
import pytest

from w2vfast.kernels.arguments import LOSSES


@pytest.fixture(scope="module")
def few_words(make_arguments):
    """Return a function: arguments with 200 words, of which 40 occur in the corpus.

    Every negative is word 150.
    """

    def make(**changes):
        arguments = make_arguments(words=200, sample=0, **changes)
        arguments.noise_accept[:] = 0
        arguments.noise_alias[:] = 150
        return arguments

    return make


@pytest.mark.parametrize("cbow", [False, True])
@pytest.mark.parametrize("shared", [0, 8])
def test_rows_outside_the_batch_are_never_written(
    kernels, few_words, copy_arguments, train_all, cbow, shared
):
    before = few_words(cbow=cbow, shared_negatives=shared)
    before.centre[199] = before.outside[198] = np.nan  # detects reads too
    arguments = copy_arguments(before)
    assert train_all(kernels, arguments)[-1][3]
    used = np.zeros(200, bool)
    used[arguments.ids] = True
    assert np.array_equal(arguments.centre[~used], before.centre[~used], equal_nan=True)
    used[150] = True
    assert np.array_equal(
        arguments.outside[~used], before.outside[~used], equal_nan=True
    )
    assert (arguments.outside[150] != before.outside[150])[:20].all()


@pytest.mark.parametrize("cbow", [False, True])
def test_single_word_sentences_leave_their_vectors_unchanged(
    kernels, make_arguments, copy_arguments, train_all, cbow
):
    """Rounding errors in the window sums must not reach these vectors."""
    lengths = [5, 1] * 30
    ids = np.random.default_rng(0).integers(0, 20, sum(lengths), np.int32)
    alone = np.repeat(lengths, lengths) == 1
    ids[alone] += 20
    offsets = np.cumsum([0, *lengths])
    before = make_arguments(ids=ids, offsets=offsets, cbow=cbow, sample=0)
    arguments = copy_arguments(before)
    assert train_all(kernels, arguments)[-1][3]
    assert np.array_equal(arguments.centre[20:], before.centre[20:])
    assert (arguments.centre[:20] != before.centre[:20])[:, :20].all()


@pytest.mark.parametrize("mean", [True, False])
def test_curvature_beyond_float32_gives_no_nan(
    kernels, make_arguments, copy_arguments, mean
):
    arguments = copy_arguments(
        make_arguments(cbow=True, cbow_mean=mean, scale=1, batch_size=4, alpha=1e-3)
    )
    arguments.centre[:, :20] *= 1e-19
    arguments.outside[:, :20] = 3e18
    kernels.train(arguments, 0, 0, 1)
    assert not np.isnan(arguments.centre).any()
    assert not np.isnan(arguments.outside).any()


@pytest.mark.parametrize("cbow", [False, True])
def test_nodes_outside_the_paths_are_never_written(
    kernels, few_words, copy_arguments, train_all, cbow
):
    before = few_words(cbow=cbow, loss="hierarchical_softmax")
    paths = [
        before.path_nodes[slice(*before.path_offsets[word : word + 2])]
        for word in set(before.ids.tolist())
    ]
    used = np.zeros(200, bool)
    used[np.concatenate(paths)] = True
    assert 20 < used.sum() < 180
    # Kernels always read the top of the tree, so it keeps finite values.
    unread = ~used & (np.arange(200) >= before.top_nodes)
    before.outside[unread] = np.nan
    arguments = copy_arguments(before)
    assert train_all(kernels, arguments)[-1][3]
    assert np.array_equal(
        arguments.outside[~used], before.outside[~used], equal_nan=True
    )
    assert (arguments.outside[used] != before.outside[used])[:, :20].any(axis=1).all()


@pytest.mark.parametrize("cbow", [False, True])
def test_softmax_updates_every_outside_vector(kernels, few_words, copy_arguments, cbow):
    before = few_words(cbow=cbow, loss="softmax")
    arguments = copy_arguments(before)
    kernels.train(arguments, 0, 0, 1)
    assert (arguments.outside != before.outside)[:, :20].any(axis=1).all()


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("cbow", [False, True])
def test_one_call_a_block_equals_one_call_for_all(
    kernels, make_arguments, copy_arguments, cbow, loss
):
    one = make_arguments(cbow=cbow, block_size=30, batch_size=7, loss=loss)
    assert one.n_blocks >= 7
    many = copy_arguments(one)
    whole = kernels.train(one, 0, 0, one.n_blocks)
    parts = [kernels.train(many, 0, b, b + 1) for b in range(one.n_blocks)]
    assert whole[1:3] == tuple(np.sum(parts, axis=0)[1:3])
    assert whole[0] == pytest.approx(sum(p[0] for p in parts), rel=1e-12)
    assert np.array_equal(one.centre, many.centre)
    assert np.array_equal(one.outside, many.outside)


def test_block_numbers_beyond_the_end_are_ignored(
    kernels, make_arguments, copy_arguments
):
    before = make_arguments(block_size=50)
    arguments = copy_arguments(before)
    n, nothing = arguments.n_blocks, (0.0, 0, 0, True)
    assert kernels.train(arguments, 0, n, n + 5) == nothing
    assert kernels.train(arguments, 0, n, 1 << 40) == nothing  # at once
    assert kernels.train(arguments, 0, 3, 3) == nothing
    assert np.array_equal(arguments.centre, before.centre)
    kernels.train(arguments, 0, n - 1, n + 9)


@pytest.mark.parametrize("cbow", [False, True])
@pytest.mark.parametrize("block", [5, 17, 100])
def test_every_kept_token_is_a_centre_once(kernels, make_arguments, cbow, block):
    arguments = make_arguments(
        "mixed", sample=0, cbow=cbow, block_size=block, shrink_windows=False, window=2
    )
    _, pairs, centres, _ = kernels.train(arguments, 0, 0, arguments.n_blocks)
    assert centres == len(arguments.ids)
    lengths = np.diff(arguments.offsets)
    if cbow:
        assert pairs == lengths[lengths > 1].sum()
    else:
        neighbours = [min(2, i) + min(2, n - 1 - i) for n in lengths for i in range(n)]
        assert pairs == sum(neighbours)


def test_random_number_equal_to_the_threshold_keeps_the_token(
    kernels, reference, make_arguments, copy_arguments
):
    """A larger random number drops the token."""
    ids, offsets = np.array([0, 1], np.int32), np.array([0, 2])
    arguments = make_arguments(words=2, ids=ids, offsets=offsets)
    key = reference.stream_key(arguments.seed, reference.TOKENS, 0)
    limit = reference.high(reference.draw(key, np.arange(2))).astype(np.uint32)
    for less, centres in ([0, 0], 2), ([0, 1], 1), ([1, 1], 0):
        less = np.array(less, np.uint32)
        assert (
            kernels.train(
                copy_arguments(arguments, keep_thresholds=limit - less), 0, 0, 1
            )[2]
            == centres
        )


@pytest.mark.parametrize("cbow", [False, True])
def test_corpus_of_single_word_sentences_changes_nothing(
    kernels, make_arguments, copy_arguments, cbow
):
    ids = np.arange(10, dtype=np.int32)
    before = make_arguments(cbow=cbow, ids=ids, offsets=np.arange(11), sample=0)
    arguments = copy_arguments(before)
    assert kernels.train(arguments, 0, 0, 1) == (0.0, 0, 10, True)
    assert np.array_equal(arguments.centre, before.centre)
    assert np.array_equal(arguments.outside, before.outside)


def test_out_of_vocabulary_tokens_are_skipped(kernels, make_arguments, copy_arguments):
    """They are neither centres nor outside words and take no place in windows."""
    with_unknown = make_arguments("unknown", sample=0, shrink_windows=False)
    known = with_unknown.ids < len(with_unknown.centre)
    assert 0 < known.sum() < len(known)
    without = copy_arguments(
        with_unknown,
        ids=with_unknown.ids[known],
        offsets=np.concatenate([[0], np.cumsum(known)])[with_unknown.offsets],
    )
    one, two = (
        kernels.train(arguments, 0, 0, 1) for arguments in (with_unknown, without)
    )
    assert one[1:] == two[1:]


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("cbow", [False, True])
@pytest.mark.parametrize("matrix", ["centre", "outside"])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_non_finite_vectors_stop_training(
    kernels, make_arguments, copy_arguments, cbow, matrix, value, loss
):
    before = make_arguments(
        cbow=cbow, batch_size=16, block_size=50, sample=0, loss=loss
    )
    getattr(before, matrix)[before.ids[150], 3] = value
    arguments = copy_arguments(before)
    _, _, centres, finite = kernels.train(arguments, 0, 0, arguments.n_blocks)
    assert not finite
    assert centres <= 150 + 16
    assert np.isfinite(arguments.centre).sum() >= np.isfinite(before.centre).sum()
    assert np.isfinite(arguments.outside).sum() >= np.isfinite(before.outside).sum()


def test_training_writes_only_the_embedding_matrices(kernels, make_arguments):
    arguments = make_arguments()
    arrays = {k: v for k, v in asdict(arguments).items() if isinstance(v, np.ndarray)}
    for name in set(arrays) - {"centre", "outside"}:
        getattr(arguments, name).flags.writeable = False
    kernels.train(arguments, 0, 0, arguments.n_blocks)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("cbow", [False, True])
def test_random_numbers_depend_on_epoch_and_seed(
    kernels, make_arguments, copy_arguments, cbow, loss
):
    """Every loss draws window sizes and kept tokens, with or without negatives."""
    first = make_arguments(cbow=cbow, loss=loss)
    losses = {
        kernels.train(copy, epoch, 0, 1)[0]
        for seed in (1, 2)
        for epoch in (0, 1, 2)
        for copy in [copy_arguments(first, seed=seed, first_epoch=epoch)]
    }
    assert len(losses) == 6
