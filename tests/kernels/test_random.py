"""The random generator equals SplitMix64; draws follow their distributions."""

from dataclasses import replace

import numpy as np
import pytest

from w2vfast.sampling import noise as sampling_noise
from w2vfast.sampling import subsampling

PUBLISHED = [
    6457827717110365317,
    3203168211198807973,
    9817491932198370423,
    4593380528125082431,
    16408922859458223821,
]
LIKELY = 5  # accepted deviation of a χ² statistic, in standard deviations


def chi_square(seen, probability):
    """Return the deviation of counts from a distribution, in standard deviations."""
    seen, expected = np.asarray(seen), np.asarray(probability) * np.sum(seen)
    assert not seen[expected == 0].any()
    rare = expected < 10
    if rare.any():  # merge rare words: χ² needs about 10 expected counts a cell
        seen = np.append(seen[~rare], seen[rare].sum())
        expected = np.append(expected[~rare], max(expected[rare].sum(), 1e-9))
    freedom = max(1, len(seen) - 1)
    return (((seen - expected) ** 2 / expected).sum() - freedom) / np.sqrt(2 * freedom)


def test_draws_equal_published_values(reference):
    assert [int(reference.draw(1234567, n)) for n in range(5)] == PUBLISHED
    assert reference.draw(1234567, np.arange(5)).tolist() == PUBLISHED


@pytest.mark.parametrize("key", [0, 2**63, 2**64 - 1])
@pytest.mark.parametrize("n", [0, 2**31, 2**62])
def test_draws_wrap_around_without_warnings(reference, key, n):
    z = (key + (n + 1) * 0x9E3779B97F4A7C15) % 2**64
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB % 2**64
    assert int(reference.draw(key, n)) == z ^ (z >> 31)


def test_stream_keys_are_distinct(reference):
    keys = {
        reference.stream_key(seed, stream, epoch)
        for seed in (0, 1, 2)
        for stream in (reference.TOKENS, reference.NOISE)
        for epoch in range(100)
    }
    assert len(keys) == 600


def test_high_and_low_return_32_bits_each(reference):
    r = np.array([0x123456789ABCDEF0], np.uint64)
    assert reference.high(r).tolist() == [0x12345678]
    assert reference.low(r).tolist() == [0x9ABCDEF0]


@pytest.fixture
def long_sentence(make_arguments):
    """Return a function that makes arguments for one long random sentence."""

    def make(tokens=40_000, words=6, **changes):
        ids = np.random.default_rng(5).integers(0, words, tokens).astype(np.int32)
        arguments = make_arguments(words=words, **{"sample": 0} | changes)
        return replace(arguments, ids=ids, offsets=np.array([0, tokens]))

    return make


@pytest.mark.parametrize("window", [1, 2, 5, 20])
def test_windows_are_uniform(reference, long_sentence, window):
    arguments = long_sentence(window=window)
    s = reference.load_block(
        arguments, reference.stream_key(3, reference.TOKENS, 0), 0, 40_000
    )
    assert s.radius.min() >= 1
    seen = np.bincount(s.radius - 1, minlength=window)
    assert len(seen) == window
    assert chi_square(seen, np.full(window, 1 / window)) < LIKELY


def test_windows_have_full_size_without_shrinking(reference, long_sentence):
    s = reference.load_block(
        long_sentence(window=7, shrink_windows=False), 1, 0, 40_000
    )
    assert (s.radius == 7).all()


def test_window_sizes_do_not_depend_on_kept_tokens(reference, long_sentence):
    """One random number gives both, so its halves must be independent."""
    arguments = long_sentence(window=5)
    arguments.keep_thresholds[:] = 2**30
    s = reference.load_block(arguments, 9, 0, 40_000)
    assert chi_square(np.bincount(s.radius - 1), np.full(5, 1 / 5)) < LIKELY


def test_tokens_are_kept_with_their_probability(reference, long_sentence):
    arguments = long_sentence()
    probability = np.array([0, 0.001, 0.1, 0.5, 0.999, 1])
    arguments.keep_thresholds[:] = subsampling.keep_thresholds(probability)
    s = reference.load_block(arguments, 4, 0, 40_000)
    counts = np.bincount(arguments.ids)
    kept = np.bincount(s.word, minlength=6)
    assert kept[0] == 0
    assert kept[5] == counts[5]
    deviation = np.sqrt(counts * probability * (1 - probability))[1:5]
    assert (np.abs(kept - counts * probability)[1:5] < LIKELY * deviation + 1).all()


COUNTS = {
    "two words": [9, 1],
    "equal": [4] * 64,
    "Zipf": [100_000 // (i + 1) for i in range(200)],
    "skewed": [10**12] + [3] * 50,
}


@pytest.mark.parametrize("ns_exponent", [-1, 0, 0.75, 1, 5])
@pytest.mark.parametrize("counts", COUNTS.values(), ids=COUNTS)
def test_negatives_follow_the_counts(reference, make_arguments, counts, ns_exponent):
    """A batch draws them with the alias table that training makes."""
    power = np.array(counts, np.float64) ** ns_exponent
    right = power / power.sum()
    noise = sampling_noise.noise_distribution(np.array(counts), ns_exponent)
    np.testing.assert_allclose(noise, right, rtol=1e-9)
    accept, alias = sampling_noise.alias_table(noise)
    draws = 30_000
    arguments = make_arguments(
        words=len(counts),
        ids=np.array([0, 1], np.int32),
        offsets=np.array([0, 2]),
        noise_accept=accept,
        noise_alias=alias,
        shared_negatives=draws,
        sample=0,
    )
    batch = reference.Batch(
        arguments, reference.load_block(arguments, 1, 0, 2), 0, 2, 77
    )
    drawn = np.rint(batch.shared_weight * draws / arguments.negative)
    seen = np.zeros(len(counts))
    for word, row in batch.outside.slot.items():
        seen[word] = drawn[row] if row < len(drawn) else 0
    assert seen.sum() == draws
    assert chi_square(seen, right) < LIKELY


def test_noise_draw_equal_to_the_threshold_takes_its_own_slot(
    kernels, reference, make_arguments, copy_arguments
):
    """A larger draw takes the alias, here word 150. The corpus has words 0 to 39."""
    for seed in range(100):
        key = reference.stream_key(seed, reference.NOISE, 0)
        r = reference.draw(int(reference.draw(key, 0)), 0)  # of the batch at position 0
        slot, limit = int(reference.high(r)) * 200 >> 32, int(reference.low(r))
        if 40 <= slot < 150:
            break
    before = make_arguments(
        words=200, tokens=60, sample=0, batch_size=512, shared_negatives=1, seed=seed
    )
    before.noise_alias[:] = 150
    for less, word in (0, slot), (1, 150):
        before.noise_accept[:] = limit - less
        arguments = copy_arguments(before)
        kernels.train(arguments, 0, 0, 1)
        changed = (arguments.outside != before.outside).any(axis=1)
        assert np.flatnonzero(changed[40:]).tolist() == [word - 40]


def test_each_pair_has_its_own_negatives_without_sharing(reference, make_arguments):
    arguments = make_arguments(shared_negatives=0, negative=7, sample=0)
    s = reference.load_block(arguments, 1, 0, 100)
    batch = reference.Batch(arguments, s, 0, 5, 3)
    drawn = batch.shared_weight * batch.n_pairs  # a draw weighs 1 / n_pairs
    np.testing.assert_allclose(drawn, np.rint(drawn), rtol=1e-12)
    assert np.rint(drawn).sum() == 7 * batch.n_pairs


def test_batches_draw_different_negatives(reference, make_arguments):
    arguments = make_arguments("long", sample=0)
    s = reference.load_block(arguments, 1, 0, len(arguments.ids))
    noise = [
        reference.Batch(arguments, s, place, place + 10, 3)
        for place in range(0, 200, 10)
    ]
    drawn = {tuple(list(c.outside.slot)[: len(c.shared_weight)]) for c in noise}
    assert len(drawn) == 20
