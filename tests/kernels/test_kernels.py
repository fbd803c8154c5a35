"""Every build equals the reference, number by number, and touches nothing else."""

from dataclasses import asdict

import numpy as np
import pytest

from w2vfast.kernels.arguments import LOSSES

EPOCHS = 2
LEVELS = {
    "loss": LOSSES[:3],
    "cbow": (False, True),
    "batch_size": (1, 7, 64, 512),
    "shared_negatives": (0, 8, 33),
    "cbow_mean": (True, False),
    "cbow_exact": (True, False),
    "shrink_windows": (True, False),
    "window": (1, 2, 5, 11),
    "negative": (1, 5, 13),
    "vector_size": (1, 16, 20, 100),
    "block_size": (16, 61, 1 << 14),
    "shape": ("mixed", "long", "pairs", "lonely", "unknown", "repeated"),
    "sample": (0, 0.05),
    "seed": (0, 1, 2**64 - 1),
    "words": (40, 450),
    "top_nodes": (0, 7, 16, 64, 500),
}


#: Both losses at once. In larger batches the root of the tree sums so many terms that
#: rounding to float32 alone exceeds the tolerance.
BOTH = {"loss": LOSSES[3:], "batch_size": (1, 7, 64)}


def settings(number, **changes):
    """Combinations in which every level comes equally often, in random company."""
    rng = np.random.default_rng(0)
    columns = {
        name: rng.permutation([levels[i % len(levels)] for i in range(number)]).tolist()
        for name, levels in (LEVELS | changes).items()
    }
    return [{name: columns[name][i] for name in columns} for i in range(number)]


def short_name(setting):
    arch = "cbow" if setting["cbow"] else "sg"
    loss = "".join(word[0] for word in setting["loss"].split("_"))
    size, shared = setting["batch_size"], setting["shared_negatives"]
    return f"{loss}-{arch}-{setting['shape']}-L{size}-K{shared}"


def whole_run(kernels, job):
    """Train all epochs; return the sums of every epoch."""
    return [
        kernels.train(job, job.first_epoch + epoch, 0, job.n_blocks)
        for epoch in range(job.epochs)
    ]


@pytest.fixture(scope="module")
def oracle(reference, make_job, copy_of):
    """Return the untrained job of a setting, the reference's tables and sums."""
    known = {}

    def run(setting):
        key = repr(setting)
        if key not in known:
            job = make_job(**{"epochs": EPOCHS} | setting)
            trained = copy_of(job)
            known[key] = job, trained, whole_run(reference, trained)
        return known[key]

    return run


@pytest.mark.parametrize(
    "setting", [*settings(96), *settings(48, **BOTH)], ids=short_name
)
def test_equals_the_reference(kernels, oracle, copy_of, same_tables, setting):
    job, expected, sums = oracle(setting)
    job = copy_of(job)
    for got, right in zip(whole_run(kernels, job), sums, strict=True):
        assert got[1:] == right[1:]
        assert got[0] == pytest.approx(right[0], rel=1e-5, abs=1e-6)
    same_tables(job, expected)
    d = setting["vector_size"]
    assert not job.centre[:, d:].any()
    assert not job.outside[:, d:].any()


@pytest.mark.parametrize("cbow", [False, True])
def test_equals_the_reference_after_many_epochs(kernels, oracle, copy_of, cbow):
    setting = {"cbow": cbow, "epochs": 8, "alpha": 0.1, "shared_negatives": 33}
    job, expected, sums = oracle({**setting, "first_epoch": 3})
    job = copy_of(job)
    assert whole_run(kernels, job)[-1][0] == pytest.approx(sums[-1][0], rel=1e-4)
    np.testing.assert_allclose(job.centre, expected.centre, rtol=1e-3, atol=1e-4)
    assert sums[-1][0] < sums[0][0]


@pytest.mark.parametrize("cbow", [False, True])
@pytest.mark.parametrize("chunk", [64, 300])
def test_equals_the_reference_with_large_products(
    kernels, oracle, copy_of, same_tables, cbow, chunk
):
    """Several tiles, panels deeper than one piece, scores kept and scores redone."""
    setting = {"loss": "softmax", "cbow": cbow, "batch_size": chunk, "words": 400}
    setting |= {"shape": "long", "vector_size": 270, "sample": 0, "epochs": 1}
    job, expected, sums = oracle(setting)
    job = copy_of(job)
    assert whole_run(kernels, job)[0][0] == pytest.approx(sums[0][0], rel=1e-6)
    same_tables(job, expected)


@pytest.mark.parametrize("mean", [True, False])
def test_equals_the_reference_with_long_chunks_of_rows_alike(
    kernels, oracle, copy_of, same_tables, mean
):
    """What rows have in common would drown sums that run over all of a chunk."""
    setting = {"cbow": True, "cbow_mean": mean, "batch_size": 1 << 14, "epochs": 1}
    setting |= {"shape": "long", "tokens": 6000, "sample": 0, "alpha": 0.01}
    job, expected, _ = oracle(setting | {"common": 2.0})
    job = copy_of(job)
    whole_run(kernels, job)
    same_tables(job, expected)


@pytest.fixture(scope="module")
def few_words(make_job):
    """Words that only the corpus knows, in a large table, few of them drawn."""

    def make(**changes):
        job = make_job(words=200, sample=0, **changes)
        job.noise_accept[:] = 0
        job.noise_alias[:] = 150
        return job

    return make


@pytest.mark.parametrize("cbow", [False, True])
@pytest.mark.parametrize("shared", [0, 8])
def test_rows_not_named_are_never_written(kernels, few_words, copy_of, cbow, shared):
    before = few_words(cbow=cbow, shared_negatives=shared)
    before.centre[199] = before.outside[198] = np.nan  # reading them would show too
    job = copy_of(before)
    assert whole_run(kernels, job)[-1][3]
    named = np.zeros(200, bool)
    named[job.ids] = True
    assert np.array_equal(job.centre[~named], before.centre[~named], equal_nan=True)
    named[150] = True
    assert np.array_equal(job.outside[~named], before.outside[~named], equal_nan=True)
    assert (job.outside[150] != before.outside[150])[:20].all()


@pytest.mark.parametrize("cbow", [False, True])
def test_a_word_alone_in_its_sentences_never_moves(kernels, make_job, copy_of, cbow):
    """Not even by a rounding error of the sums that others' windows make."""
    lengths = [5, 1] * 30
    ids = np.random.default_rng(0).integers(0, 20, sum(lengths), np.int32)
    alone = np.repeat(lengths, lengths) == 1
    ids[alone] += 20
    offsets = np.cumsum([0, *lengths])
    before = make_job(ids=ids, offsets=offsets, cbow=cbow, sample=0)
    job = copy_of(before)
    assert whole_run(kernels, job)[-1][3]
    assert np.array_equal(job.centre[20:], before.centre[20:])
    assert (job.centre[:20] != before.centre[:20])[:, :20].all()


@pytest.mark.parametrize("mean", [True, False])
def test_a_bound_beyond_float32_is_no_nan(kernels, make_job, copy_of, mean):
    job = copy_of(
        make_job(cbow=True, cbow_mean=mean, scale=1, batch_size=4, alpha=1e-3)
    )
    job.centre[:, :20] *= 1e-19
    job.outside[:, :20] = 3e18
    kernels.train(job, 0, 0, 1)
    assert not np.isnan(job.centre).any()
    assert not np.isnan(job.outside).any()


@pytest.mark.parametrize("cbow", [False, True])
def test_nodes_off_the_paths_are_never_written(kernels, few_words, copy_of, cbow):
    before = few_words(cbow=cbow, loss="hierarchical_softmax")
    paths = [
        before.path_nodes[slice(*before.path_offsets[word : word + 2])]
        for word in set(before.ids.tolist())
    ]
    named = np.zeros(200, bool)
    named[np.concatenate(paths)] = True
    assert 20 < named.sum() < 180
    beyond = ~named & (
        np.arange(200) >= before.top_nodes
    )  # the top of the tree is always read
    before.outside[beyond] = np.nan
    job = copy_of(before)
    assert whole_run(kernels, job)[-1][3]
    assert np.array_equal(job.outside[~named], before.outside[~named], equal_nan=True)
    assert (job.outside[named] != before.outside[named])[:, :20].any(axis=1).all()


@pytest.mark.parametrize("cbow", [False, True])
def test_a_softmax_moves_every_word(kernels, few_words, copy_of, cbow):
    before = few_words(cbow=cbow, loss="softmax")
    job = copy_of(before)
    kernels.train(job, 0, 0, 1)
    assert (job.outside != before.outside)[:, :20].any(axis=1).all()


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("cbow", [False, True])
def test_calls_may_be_split_anywhere(kernels, make_job, copy_of, cbow, loss):
    one = make_job(cbow=cbow, block_size=30, batch_size=7, loss=loss)
    assert one.n_blocks >= 7
    many = copy_of(one)
    whole = kernels.train(one, 0, 0, one.n_blocks)
    parts = [kernels.train(many, 0, b, b + 1) for b in range(one.n_blocks)]
    assert whole[1:3] == tuple(np.sum(parts, axis=0)[1:3])
    assert whole[0] == pytest.approx(sum(p[0] for p in parts), rel=1e-12)
    assert np.array_equal(one.centre, many.centre)
    assert np.array_equal(one.outside, many.outside)


def test_blocks_beyond_the_end_are_none(kernels, make_job, copy_of):
    before = make_job(block_size=50)
    job = copy_of(before)
    assert kernels.train(job, 0, job.n_blocks, job.n_blocks + 5) == (0.0, 0, 0, True)
    assert kernels.train(job, 0, 3, 3) == (0.0, 0, 0, True)
    assert np.array_equal(job.centre, before.centre)
    kernels.train(job, 0, job.n_blocks - 1, job.n_blocks + 9)


@pytest.mark.parametrize("cbow", [False, True])
@pytest.mark.parametrize("block", [5, 17, 100])
def test_every_kept_token_is_a_centre_once(kernels, make_job, cbow, block):
    job = make_job(
        "mixed", sample=0, cbow=cbow, block_size=block, shrink_windows=False, window=2
    )
    _, pairs, centres, _ = kernels.train(job, 0, 0, job.n_blocks)
    assert centres == len(job.ids)
    lengths = np.diff(job.offsets)
    if cbow:
        assert pairs == lengths[lengths > 1].sum()
    else:
        neighbours = [min(2, i) + min(2, n - 1 - i) for n in lengths for i in range(n)]
        assert pairs == sum(neighbours)


def test_thresholds_belong_to_what_is_kept(kernels, reference, make_job, copy_of):
    """A number equal to the threshold keeps its token; one above does not."""
    ids, offsets = np.array([0, 1], np.int32), np.array([0, 2])
    job = make_job(words=2, ids=ids, offsets=offsets)
    key = reference.stream_key(job.seed, reference.TOKENS, 0)
    limit = reference.high(reference.draw(key, np.arange(2))).astype(np.uint32)
    for less, centres in ([0, 0], 2), ([0, 1], 1), ([1, 1], 0):
        less = np.array(less, np.uint32)
        assert (
            kernels.train(copy_of(job, keep_thresholds=limit - less), 0, 0, 1)[2]
            == centres
        )


@pytest.mark.parametrize("cbow", [False, True])
def test_lonely_words_change_nothing(kernels, make_job, copy_of, cbow):
    ids = np.arange(10, dtype=np.int32)
    before = make_job(cbow=cbow, ids=ids, offsets=np.arange(11), sample=0)
    job = copy_of(before)
    assert kernels.train(job, 0, 0, 1) == (0.0, 0, 10, True)
    assert np.array_equal(job.centre, before.centre)
    assert np.array_equal(job.outside, before.outside)


def test_words_out_of_the_vocabulary_are_passed_over(kernels, make_job, copy_of):
    """They are neither centres nor outside words, nor do they fill windows."""
    odd = make_job("unknown", sample=0, shrink_windows=False)
    known = odd.ids < len(odd.centre)
    assert 0 < known.sum() < len(known)
    even = copy_of(
        odd,
        ids=odd.ids[known],
        offsets=np.concatenate([[0], np.cumsum(known)])[odd.offsets],
    )
    assert kernels.train(odd, 0, 0, 1)[1:] == kernels.train(even, 0, 0, 1)[1:]


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("cbow", [False, True])
@pytest.mark.parametrize("table", ["centre", "outside"])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_parameters_that_are_not_finite_are_told(
    kernels, make_job, copy_of, cbow, table, value, loss
):
    before = make_job(cbow=cbow, batch_size=16, block_size=50, sample=0, loss=loss)
    getattr(before, table)[before.ids[150], 3] = value
    job = copy_of(before)
    _, _, centres, finite = kernels.train(job, 0, 0, job.n_blocks)
    assert not finite
    assert centres <= 150 + 16
    assert np.isfinite(job.centre).sum() >= np.isfinite(before.centre).sum()
    assert np.isfinite(job.outside).sum() >= np.isfinite(before.outside).sum()


def test_jobs_are_read_only_but_for_the_tables(kernels, make_job):
    job = make_job()
    arrays = {k: v for k, v in asdict(job).items() if isinstance(v, np.ndarray)}
    for name in set(arrays) - {"centre", "outside"}:
        getattr(job, name).flags.writeable = False
    kernels.train(job, 0, 0, job.n_blocks)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("cbow", [False, True])
def test_epochs_and_seeds_differ(kernels, make_job, copy_of, cbow, loss):
    """Windows and kept tokens do, negatives or not."""
    first = make_job(cbow=cbow, loss=loss)
    losses = {
        kernels.train(copy_of(first, seed=seed, first_epoch=epoch), epoch, 0, 1)[0]
        for seed in (1, 2)
        for epoch in (0, 1, 2)
    }
    assert len(losses) == 6
