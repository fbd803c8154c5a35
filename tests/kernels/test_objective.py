"""The kernels' update is the gradient of the negative sampling loss.

    J = sum_i [ sum_o -w_io log s(u_o.h_i) - sum_k omega_ik log s(-u_k.h_i) ]
    omega_ik = K / K' * sum of w_io over the o in the context of i that are not word k
    w_io = 1, or with weighted windows (window + 1 - distance of o from i) / window

The expected values come from plain Python loops in float64. They share no code with
the kernels.
"""

from itertools import product

import numpy as np
import pytest

MASK = 2**64 - 1


def splitmix(key, n):
    z = (key + (n + 1) * 0x9E3779B97F4A7C15) & MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def stream(arguments, number, epoch):
    return splitmix(splitmix(arguments.seed, number), epoch)


def windows_of(arguments, epoch):
    """Return (position, word, outside words, their weights) of every kept token."""
    key = stream(arguments, 1, epoch)
    windows = []
    for begin, end in zip(
        arguments.offsets[:-1].tolist(), arguments.offsets[1:].tolist(), strict=True
    ):
        sentence = []
        for position in range(begin, end):
            word, r = int(arguments.ids[position]), splitmix(key, position)
            if (
                word < len(arguments.keep_thresholds)
                and r >> 32 <= arguments.keep_thresholds[word]
            ):
                radius = ((r & 0xFFFFFFFF) * arguments.window >> 32) + 1
                radius = radius if arguments.shrink_windows else arguments.window
                sentence.append((position, word, radius))
        for i, (position, word, radius) in enumerate(sentence):
            near = [*range(max(0, i - radius), i), *range(i + 1, i + 1 + radius)]
            near = [j for j in near if j < len(sentence)]
            context = [sentence[j][1] for j in near]
            weights = [weight_of(arguments, abs(j - i)) for j in near]
            windows.append((position, word, context, weights))
    return windows


def weight_of(arguments, distance):
    if not arguments.weighted_windows:
        return 1
    return (arguments.window + 1 - distance) / arguments.window


def noise_of(arguments, epoch, position, pairs):
    """Return the negatives of the batch whose first centre is at `position`."""
    key = splitmix(stream(arguments, 2, epoch), position)
    words = []
    for k in range(arguments.shared_negatives or arguments.negative * pairs):
        r = splitmix(key, k)
        place = (r >> 32) * len(arguments.keep_thresholds) >> 32
        own = (r & 0xFFFFFFFF) <= arguments.noise_accept[place]
        words.append(place if own else int(arguments.noise_alias[place]))
    return words


class Textbook:
    """The loss of one batch as a function of both embedding matrices."""

    def __init__(self, arguments, epoch, windows):
        self.arguments = arguments
        self.windows = [window[1:] for window in windows if window[2]]
        positives = [1 if arguments.cbow else len(c) for _, c, _ in self.windows]
        weights = [1 if arguments.cbow else sum(w) for _, _, w in self.windows]
        self.pairs = sum(weights)
        if not self.pairs:
            return
        self.noise = noise_of(arguments, epoch, windows[0][0], sum(positives))
        self.inputs = np.zeros((len(self.windows), len(arguments.centre)))
        terms = list(self.terms())
        for i, inputs, *_ in {t[0]: t for t in terms}.values():
            for word, share in inputs:
                self.inputs[i, word] += share
        hidden, _, outside, weight, sign = zip(*terms, strict=True)
        self.hidden, self.outside = list(hidden), list(outside)
        self.weight, self.sign = np.array(weight), np.array(sign)

    def terms(self):
        """Yield (centre number, weighted input words, outside word, weight, sign)."""
        unit = self.arguments.negative / len(self.noise)
        for i, (word, context, weights) in enumerate(self.windows):
            mean = 1 / len(context) if self.arguments.cbow_mean else 1
            inputs = (
                [(c, mean) for c in context] if self.arguments.cbow else [(word, 1)]
            )
            positives = list(zip(context, weights, strict=True))
            if self.arguments.cbow:
                positives = [(word, 1)]
            for o, w in positives:
                yield i, inputs, o, w, 1
            for k in self.noise:
                omega = unit * sum(w for o, w in positives if o != k)
                yield i, inputs, k, omega, -1

    def loss(self, centre, outside, shift=None):
        """Return J; `shift` has one row for each centre, added to its hidden row."""
        h = self.inputs @ centre + (0 if shift is None else shift)
        score = np.einsum("ij,ij->i", h[self.hidden], outside[self.outside])
        losses = np.logaddexp(0, -self.sign * score)
        return float(self.weight @ losses)


def slopes(f, x, step=1e-5):
    """Return the central differences of f for every entry of x."""
    gradient = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        kept = x[i]
        x[i] = kept + step
        above = f()
        x[i] = kept - step
        gradient[i] = (above - f()) / (2 * step)
        x[i] = kept
    return gradient


SMALL = {"words": 9, "vector_size": 3, "scale": 0.5, "batch_size": 512, "sample": 0.3}
ALPHA = 2e-4
WEIGHTED = {"shrink_windows": False, "weighted_windows": True}
NAMES = ("cbow", "cbow_mean", "cbow_exact", "shared_negatives", "shrink_windows")
VALUES = [
    *product((False,), (True,), (True,), (0, 4), (True, False)),
    *product((True,), (True, False), (True, False), (0, 4), (True,)),
]
SETTINGS = [
    *(dict(zip(NAMES, values, strict=True)) for values in VALUES),
    *({"cbow": False, "shared_negatives": n} | WEIGHTED for n in (0, 4)),
]
IDS = np.array([0, 1, 2, 0, 3, 1, 1, 1, 4, 8, 0, 5, 0, 1, 12, 2, 7, 7, 3], np.int32)
OFFSETS = np.array([0, 6, 6, 9, 10, 19])


def name(setting):
    return "-".join(f"{key}={value:d}" for key, value in setting.items())


@pytest.fixture(scope="module")
def expected(make_arguments):
    """Return a function: setting → arguments, loss, gradients by differences.

    Each setting is computed once.
    """
    known = {}

    def of(setting):
        key = repr(setting)
        if key not in known:
            arguments = make_arguments(
                ids=IDS, offsets=OFFSETS, alpha=ALPHA, min_alpha=ALPHA, negative=3,
                **SMALL | setting,
            )  # fmt: skip
            known[key] = (arguments, *by_differences(arguments))
        return known[key]

    return of


def by_differences(arguments):
    book = Textbook(arguments, 0, windows_of(arguments, 0))
    v, u = (t[:, :3].astype(np.float64) for t in (arguments.centre, arguments.outside))
    gradients = [slopes(lambda: book.loss(v, u), x) for x in (v, u)]
    if arguments.cbow and not arguments.cbow_exact:
        # Each context word gets the whole dJ/dh.
        shift = np.zeros((len(book.windows), 3))
        hidden = slopes(lambda: book.loss(v, u, shift), shift)
        gradients[0][:] = 0
        for (_, context, _), g in zip(book.windows, hidden, strict=True):
            for word in context:
                gradients[0][word] += g
    return book, gradients


@pytest.mark.parametrize("setting", SETTINGS, ids=name)
def test_update_is_minus_alpha_times_the_gradient(
    kernels, expected, copy_arguments, setting
):
    before, book, gradients = expected(setting)
    arguments = copy_arguments(before)
    loss, pairs, _, finite = kernels.train(arguments, 0, 0, 1)
    assert finite
    assert book.pairs > 20 - 10 * arguments.cbow
    assert pairs == pytest.approx(book.pairs, rel=1e-12)
    v, u = (t[:, :3].astype(np.float64) for t in (before.centre, before.outside))
    start = book.loss(v, u)
    assert loss == pytest.approx(start, rel=3e-6)
    for new, old, g in zip(
        (arguments.centre, arguments.outside), (v, u), gradients, strict=True
    ):
        step = new[:, :3] - old
        np.testing.assert_allclose(step, -ALPHA * g, rtol=1e-3, atol=2e-7)
    if arguments.cbow and arguments.cbow_mean and not arguments.cbow_exact:
        return  # word2vec.c's CBOW step is not a gradient
    steps = sum(
        ((t[:, :3] - x) ** 2).sum()
        for t, x in ((arguments.centre, v), (arguments.outside, u))
    )
    fall = start - book.loss(
        arguments.centre[:, :3].astype(float), arguments.outside[:, :3].astype(float)
    )
    assert fall == pytest.approx(steps / ALPHA, rel=0.02)


def test_the_expected_batch_covers_repeated_words_and_negatives(expected):
    """It has long contexts, repeated words, and negatives that are also positives."""
    _, book, _ = expected(SETTINGS[0])
    contexts = [c for _, c, _ in book.windows]
    assert max(map(len, contexts)) >= 4
    assert any(len(set(c)) < len(c) for c in contexts)
    assert any(set(c) & set(book.noise) for c in contexts)
    assert len(set(book.noise)) < len(book.noise)


def sgd(arguments, batch_size):
    """Train one epoch by mini-batch gradient descent in float64."""
    v, u = (t.astype(np.float64) for t in (arguments.centre, arguments.outside))
    windows = windows_of(arguments, 0)
    loss = 0.0
    for begin in range(0, len(windows), batch_size):
        part = windows[begin : begin + batch_size]
        book = Textbook(arguments, 0, part)
        if not book.pairs:
            continue
        done = part[0][0] / len(arguments.ids) / arguments.epochs
        rate = arguments.alpha + (arguments.min_alpha - arguments.alpha) * done
        loss += book.loss(v, u)
        dv, du = np.zeros_like(v), np.zeros_like(u)
        for _, inputs, o, weight, sign in book.terms():
            h = sum(share * v[w] for w, share in inputs)
            pull = weight * sign / (1 + np.exp(sign * (u[o] @ h)))
            du[o] += pull * h
            for w, share in inputs:
                dv[w] += (share if arguments.cbow_exact else 1) * pull * u[o]
        v += rate * dv
        u += rate * du
    return loss, v, u


@pytest.mark.parametrize("cbow_exact", [False, True])
@pytest.mark.parametrize("cbow", [False, True])
@pytest.mark.parametrize(("batch_size", "shared"), [(1, 0), (1, 16), (13, 0), (50, 16)])
def test_an_epoch_is_plain_gradient_descent(
    kernels, make_arguments, batch_size, shared, cbow, cbow_exact
):
    """Batch size 1 with no shared negatives is the textbook algorithm."""
    arguments = make_arguments(
        cbow=cbow,
        cbow_exact=cbow_exact,
        batch_size=batch_size,
        shared_negatives=shared,
        vector_size=4,
    )
    loss, v, u = sgd(arguments, batch_size)
    assert kernels.train(arguments, 0, 0, 1)[0] == pytest.approx(loss, rel=1e-5)
    np.testing.assert_allclose(arguments.centre, v, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(arguments.outside, u, rtol=1e-4, atol=1e-5)


def test_learning_rate_falls_from_alpha_to_min_alpha(
    kernels, make_arguments, copy_arguments
):
    """The step is about alpha in the first epoch and about min_alpha in the last."""
    arguments = make_arguments(
        epochs=50, first_epoch=4, min_alpha=0.01, alpha=0.05, shared_negatives=0
    )
    steps = {}
    for epoch in (4, 29, 53):
        trained = copy_arguments(arguments)
        kernels.train(trained, epoch, 0, 1)
        constant = copy_arguments(arguments, alpha=1e-3, min_alpha=1e-3)
        kernels.train(constant, epoch, 0, 1)
        moved = [
            np.linalg.norm(a.centre - arguments.centre) for a in (trained, constant)
        ]
        steps[epoch] = 1e-3 * moved[0] / moved[1]
    assert steps == pytest.approx({4: 0.05, 29: 0.03, 53: 0.01}, rel=0.1)
