"""The update is the gradient of the stated loss, written down once more from scratch.

    J = sum_i [ sum_o -log s(u_o.h_i) - sum_k omega_ik log s(-u_k.h_i) ]
    omega_ik = K / K' * #{ o in the context of i : o is not word k }

Plain loops in float64 over Python integers; nothing is shared with the kernels.
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


def stream(job, number, epoch):
    return splitmix(splitmix(job.seed, number), epoch)


def windows_of(job, epoch):
    """Return position, word and outside words of every kept token that has some."""
    key = stream(job, 1, epoch)
    windows = []
    for begin, end in zip(
        job.offsets[:-1].tolist(), job.offsets[1:].tolist(), strict=True
    ):
        sentence = []
        for position in range(begin, end):
            word, r = int(job.ids[position]), splitmix(key, position)
            if word < len(job.keep_thresholds) and r >> 32 <= job.keep_thresholds[word]:
                reach = ((r & 0xFFFFFFFF) * job.window >> 32) + 1
                reach = reach if job.shrink_windows else job.window
                sentence.append((position, word, reach))
        for i, (position, word, reach) in enumerate(sentence):
            around = sentence[max(0, i - reach) : i] + sentence[i + 1 : i + 1 + reach]
            windows.append((position, word, [o for _, o, _ in around]))
    return windows


def noise_of(job, epoch, position, pairs):
    """Return the negatives of the chunk whose first centre stands at `position`."""
    key = splitmix(stream(job, 2, epoch), position)
    words = []
    for k in range(job.shared_negatives or job.negative * pairs):
        r = splitmix(key, k)
        place = (r >> 32) * len(job.keep_thresholds) >> 32
        own = (r & 0xFFFFFFFF) <= job.noise_accept[place]
        words.append(place if own else int(job.noise_alias[place]))
    return words


class Textbook:
    """The loss of one chunk as a function of both tables."""

    def __init__(self, job, epoch, windows):
        self.job = job
        self.windows = [(w, c) for _, w, c in windows if c]
        positives = [1 if job.cbow else len(c) for _, c in self.windows]
        self.pairs = sum(positives)
        if not self.pairs:
            return
        self.noise = noise_of(job, epoch, windows[0][0], self.pairs)
        self.inputs = np.zeros((len(self.windows), len(job.centre)))
        terms = list(self.terms())
        for i, inputs, *_ in {t[0]: t for t in terms}.values():
            for word, share in inputs:
                self.inputs[i, word] += share
        hidden, _, outside, weight, sign = zip(*terms, strict=True)
        self.hidden, self.outside = list(hidden), list(outside)
        self.weight, self.sign = np.array(weight), np.array(sign)

    def terms(self):
        """Yield centre number, input words with weights, outside word, weight, sign."""
        unit = self.job.negative / len(self.noise)
        for i, (word, context) in enumerate(self.windows):
            mean = 1 / len(context) if self.job.cbow_mean else 1
            inputs = [(c, mean) for c in context] if self.job.cbow else [(word, 1)]
            positives = [word] if self.job.cbow else context
            for o in positives:
                yield i, inputs, o, 1, 1
            for k in self.noise:
                omega = unit * sum(o != k for o in positives)
                yield i, inputs, k, omega, -1

    def loss(self, centre, outside, shift=None):
        """J; `shift` is added to the hidden rows, one for each centre."""
        h = self.inputs @ centre + (0 if shift is None else shift)
        score = np.einsum("ij,ij->i", h[self.hidden], outside[self.outside])
        losses = np.logaddexp(0, -self.sign * score)
        return float(self.weight @ losses)


def slopes(f, x, step=1e-5):
    """Central differences of f with respect to every entry of x."""
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
SETTINGS = [
    dict(
        zip(
            ("cbow", "cbow_mean", "cbow_exact", "shared_negatives", "shrink_windows"),
            values,
            strict=True,
        )
    )
    for values in [
        *product((False,), (True,), (True,), (0, 4), (True, False)),
        *product((True,), (True, False), (True, False), (0, 4), (True,)),
    ]
]
IDS = np.array([0, 1, 2, 0, 3, 1, 1, 1, 4, 8, 0, 5, 0, 1, 12, 2, 7, 7, 3], np.int32)
OFFSETS = np.array([0, 6, 6, 9, 10, 19])


def name(setting):
    return "-".join(f"{key}={value:d}" for key, value in setting.items())


@pytest.fixture(scope="module")
def expected(make_job):
    """Return a job, its loss and the gradients by differences; once a setting."""
    known = {}

    def of(setting):
        key = repr(setting)
        if key not in known:
            job = make_job(
                ids=IDS, offsets=OFFSETS, alpha=ALPHA, min_alpha=ALPHA, negative=3,
                **SMALL | setting,
            )  # fmt: skip
            known[key] = (job, *by_differences(job))
        return known[key]

    return of


def by_differences(job):
    book = Textbook(job, 0, windows_of(job, 0))
    v, u = (t[:, :3].astype(np.float64) for t in (job.centre, job.outside))
    gradients = [slopes(lambda: book.loss(v, u), x) for x in (v, u)]
    if job.cbow and not job.cbow_exact:  # every context word gets all of dJ/dh
        shift = np.zeros((len(book.windows), 3))
        hidden = slopes(lambda: book.loss(v, u, shift), shift)
        gradients[0][:] = 0
        for (_, context), g in zip(book.windows, hidden, strict=True):
            for word in context:
                gradients[0][word] += g
    return book, gradients


@pytest.mark.parametrize("setting", SETTINGS, ids=name)
def test_update_is_minus_alpha_times_the_gradient(kernels, expected, copy_of, setting):
    before, book, gradients = expected(setting)
    job = copy_of(before)
    loss, pairs, _, finite = kernels.train(job, 0, 0, 1)
    assert finite
    assert pairs == book.pairs > 20 - 10 * job.cbow
    v, u = (t[:, :3].astype(np.float64) for t in (before.centre, before.outside))
    start = book.loss(v, u)
    assert loss == pytest.approx(start, rel=3e-6)
    for table, old, g in zip((job.centre, job.outside), (v, u), gradients, strict=True):
        step = table[:, :3] - old
        np.testing.assert_allclose(step, -ALPHA * g, rtol=1e-3, atol=2e-7)
    if job.cbow and job.cbow_mean and not job.cbow_exact:
        return  # the historical step is no gradient
    steps = sum(
        ((t[:, :3] - x) ** 2).sum() for t, x in ((job.centre, v), (job.outside, u))
    )
    fall = start - book.loss(
        job.centre[:, :3].astype(float), job.outside[:, :3].astype(float)
    )
    assert fall == pytest.approx(steps / ALPHA, rel=0.02)


def test_the_oracle_s_draws_cover_what_matters(expected):
    """Contexts with several words, repeated words, negatives that are positives."""
    _, book, _ = expected(SETTINGS[0])
    contexts = [c for _, c in book.windows]
    assert max(map(len, contexts)) >= 4
    assert any(len(set(c)) < len(c) for c in contexts)
    assert any(set(c) & set(book.noise) for c in contexts)
    assert len(set(book.noise)) < len(book.noise)


def sgd(job, chunk):
    """Train one epoch chunk by chunk as the textbook says, in float64."""
    v, u = (t.astype(np.float64) for t in (job.centre, job.outside))
    windows = windows_of(job, 0)
    loss = 0.0
    for begin in range(0, len(windows), chunk):
        part = windows[begin : begin + chunk]
        book = Textbook(job, 0, part)
        if not book.pairs:
            continue
        done = part[0][0] / len(job.ids) / job.epochs
        rate = job.alpha + (job.min_alpha - job.alpha) * done
        loss += book.loss(v, u)
        dv, du = np.zeros_like(v), np.zeros_like(u)
        for _, inputs, o, weight, sign in book.terms():
            h = sum(share * v[w] for w, share in inputs)
            pull = weight * sign / (1 + np.exp(sign * (u[o] @ h)))
            du[o] += pull * h
            for w, share in inputs:
                dv[w] += (share if job.cbow_exact else 1) * pull * u[o]
        v += rate * dv
        u += rate * du
    return loss, v, u


@pytest.mark.parametrize("cbow_exact", [False, True])
@pytest.mark.parametrize("cbow", [False, True])
@pytest.mark.parametrize(("chunk", "shared"), [(1, 0), (1, 16), (13, 0), (50, 16)])
def test_an_epoch_is_plain_gradient_descent(
    kernels, make_job, chunk, shared, cbow, cbow_exact
):
    """Batch after batch; sizes 1 and 0 are the algorithm of the textbooks."""
    job = make_job(
        cbow=cbow,
        cbow_exact=cbow_exact,
        batch_size=chunk,
        shared_negatives=shared,
        vector_size=4,
    )
    loss, v, u = sgd(job, chunk)
    assert kernels.train(job, 0, 0, 1)[0] == pytest.approx(loss, rel=1e-5)
    np.testing.assert_allclose(job.centre, v, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(job.outside, u, rtol=1e-4, atol=1e-5)


def test_rate_falls_from_alpha_to_min_alpha(kernels, make_job, copy_of):
    """The last of many epochs takes steps of about min_alpha, the first of alpha."""
    job = make_job(
        epochs=50, first_epoch=4, min_alpha=0.01, alpha=0.05, shared_negatives=0
    )
    steps = {}
    for epoch in (4, 29, 53):
        trained = copy_of(job)
        kernels.train(trained, epoch, 0, 1)
        constant = copy_of(job, alpha=1e-3, min_alpha=1e-3)
        kernels.train(constant, epoch, 0, 1)
        moved = [np.linalg.norm(j.centre - job.centre) for j in (trained, constant)]
        steps[epoch] = 1e-3 * moved[0] / moved[1]
    assert steps == pytest.approx({4: 0.05, 29: 0.03, 53: 0.01}, rel=0.1)
