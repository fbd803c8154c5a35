"""The chunked algorithm in NumPy: an oracle for the compiled builds.

Same letters, same order and same random numbers as _fast.pyx and its parts, to be
read beside them. Arithmetic is in float64; only the tables keep their own type.

L centres share K' negatives; H (hidden rows) are the centres' vectors in skip-gram,
the windows' means in CBOW; U the outside rows.
J = sum_i [sum_o -log s(u_o.h_i) - sum_k omega_ik log s(-u_k.h_i)]. Gradients are of
-J, taken at the chunk's start, one for each distinct row, whose step is
alpha min(1, 2 / (alpha bound)). docs/algorithm.md gives the reasons.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from w2vfast.kernels.job import Job

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

GAMMA = 0x9E3779B97F4A7C15
TOKENS, NOISE = 1, 2
SATURATED = 30.0


# ---- random decisions ----


def draw(key: int, n: int | Ints) -> NDArray[np.uint64]:
    """Return number(s) n of the SplitMix64 generator that starts from `key`."""
    with np.errstate(over="ignore"):
        z = np.uint64(key) + (np.asarray(n).astype(np.uint64) + np.uint64(1)) * (
            np.uint64(GAMMA)
        )
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(z ^ (z >> np.uint64(31)))


def stream_key(seed: int, stream: int, epoch: int) -> int:
    """Return the key of one stream of random numbers in one epoch."""
    return int(draw(int(draw(seed, stream)), epoch))


def high(r: NDArray[np.uint64]) -> Ints:
    """Return the upper 32 bits."""
    return (r >> np.uint64(32)).astype(np.int64)


def low(r: NDArray[np.uint64]) -> Ints:
    """Return the lower 32 bits."""
    return (r & np.uint64(0xFFFFFFFF)).astype(np.int64)


# ---- the tokens of a block ----


@dataclass
class Stream:
    """Kept tokens in order; those at first..last-1 are the block's own."""

    word: Ints
    position: Ints
    sentence: Ints
    reach: Ints
    first: int
    last: int


def kept(job: Job, key: int, position: Ints) -> NDArray[np.bool_]:
    """Tell which tokens are in the vocabulary and survive subsampling."""
    word = job.ids[position]
    known = word < len(job.centre)
    return known & (high(draw(key, position)) <= job.keep[np.where(known, word, 0)])


def look_around(job: Job, key: int, start: int, stop: int, way: int) -> int:
    """Walk from start towards stop until a window of kept tokens is passed."""
    seen, position = 0, start
    while position != stop and seen < job.window:
        seen += int(kept(job, key, np.array([position]))[0])
        position += way
    return position


def fill(job: Job, key: int, begin: int, end: int) -> Stream:
    """Collect the kept tokens of positions begin..end-1 and of the windows there."""
    sentence = int(np.searchsorted(job.offsets, begin, "right")) - 1
    last = int(np.searchsorted(job.offsets, end - 1, "right")) - 1
    start = look_around(job, key, begin - 1, int(job.offsets[sentence]) - 1, -1) + 1
    finish = look_around(job, key, end, int(job.offsets[last + 1]), 1)
    position = np.arange(start, finish)
    position = position[kept(job, key, position)]
    reach = np.full(len(position), job.window)
    if job.shrink:
        reach = (low(draw(key, position)) * job.window >> 32) + 1
    first, stop = np.searchsorted(position, [begin, end]).tolist()
    sentences = np.searchsorted(job.offsets, position, "right") - 1
    words = job.ids[position].astype(np.int64)
    return Stream(words, position, sentences, reach, first, stop)


# ---- what a chunk consists of ----


@dataclass
class Pairs:
    """A sparse matrix by entries; line i belongs to hidden row hidden[i]."""

    hidden: list[int] = field(default_factory=list)
    line: list[int] = field(default_factory=list)
    column: list[int] = field(default_factory=list)
    value: list[float] = field(default_factory=list)

    def add_line(self, hidden: int, columns: list[int], value: float = 0.0) -> None:
        """Append a line with entries of equal value."""
        self.line += [len(self.hidden)] * len(columns)
        self.hidden.append(hidden)
        self.column += columns
        self.value += [value] * len(columns)


class Rows:
    """The distinct rows of one table that the chunk touches."""

    def __init__(self, table: NDArray[np.float32]) -> None:
        self.table = table
        self.row: dict[int, int] = {}

    def row_of(self, word: int) -> int:
        """Return the row of a word; a new one is added."""
        return self.row.setdefault(word, len(self.row))

    def fetch(self) -> None:
        """Copy the rows; start gradients and bounds at zero."""
        self.word = np.fromiter(self.row, np.int64, len(self.row))
        self.set(self.table[self.word].astype(np.float64))

    def set(self, value: Floats) -> None:
        """Take over values; start gradients and bounds at zero."""
        self.value = value
        self.norm = np.einsum("ij,ij->i", value, value)
        self.gradient = np.zeros_like(value)
        self.bound = np.zeros(len(value))

    def step(self, rate: float) -> None:
        """Add the gradients, none by more than its curvature allows."""
        step = np.minimum(rate, 2 / np.maximum(self.bound, 1e-30))
        self.table[self.word] += (step[:, None] * self.gradient).astype(
            self.table.dtype
        )


class Chunk:
    """Distinct rows, pairs and shared negatives of places begin..end-1."""

    def __init__(self, job: Job, s: Stream, begin: int, end: int, key: int) -> None:
        self.x, self.y = Rows(job.centre), Rows(job.outside)
        self.hidden = Rows(job.centre) if job.cbow else self.x
        self.pairs, self.context = Pairs(), Pairs()
        windows = [(i, window(s, i)) for i in range(begin, end)]
        windows = [(i, w) for i, w in windows if w]
        self.positives = sum(1 if job.cbow else len(w) for _, w in windows)
        if not windows:
            return
        draws = job.shared or job.negative * self.positives
        self.draw_noise(job, int(draw(key, int(s.position[begin]))), draws)
        for i, w in windows:
            (self.cbow_pair if job.cbow else self.skipgram_pairs)(job, s, i, w)
        self.weigh(job.negative / draws)

    def draw_noise(self, job: Job, key: int, draws: int) -> None:
        """Draw the negatives; a word drawn m times is one row that counts m."""
        r = draw(key, np.arange(draws))
        place = high(r) * len(job.centre) >> 32
        accepted = low(r) <= job.noise_accept[place]
        word = np.where(accepted, place, job.noise_alias[place])
        rows = [self.y.row_of(int(w)) for w in word]
        self.times = np.bincount(rows).astype(np.float64)

    def skipgram_pairs(self, job: Job, s: Stream, i: int, w: list[int]) -> None:
        """Add a line: its hidden row is the centre's, its columns the window's."""
        columns = [self.y.row_of(int(s.word[j])) for j in w]
        self.pairs.add_line(self.x.row_of(int(s.word[i])), columns)

    def cbow_pair(self, job: Job, s: Stream, i: int, w: list[int]) -> None:
        """Add a line: its hidden row is made of the window, its column the centre's."""
        line = len(self.pairs.hidden)
        columns = [self.x.row_of(int(s.word[j])) for j in w]
        self.pairs.add_line(line, [self.y.row_of(int(s.word[i]))])
        self.context.add_line(line, columns, 1 / len(w) if job.cbow_mean else 1.0)

    def weigh(self, unit: float) -> None:
        """omega[row, k] = unit times[k] #{outside words of the row other than k}."""
        p, noise = self.pairs, len(self.times)
        hidden = np.array(p.hidden)[p.line]
        counts = np.bincount(hidden).astype(np.float64)
        others = np.repeat(counts[:, None], noise, axis=1)
        for h, k in zip(hidden, p.column, strict=True):
            if k < noise:
                others[h, k] -= 1
        self.omega = others * (unit * self.times)


def window(s: Stream, i: int) -> list[int]:
    """Return the places in the window of place i, in order, without i."""
    reach = range(max(0, i - s.reach[i]), min(len(s.word), i + s.reach[i] + 1))
    return [j for j in reach if j != i and s.sentence[j] == s.sentence[i]]


# ---- the arithmetic ----


def logistic(score: Floats) -> tuple[Floats, Floats, Floats]:
    """Return sigma(s), the curvature that bounds the step and -log sigma(-s)."""
    s = np.clip(score, -SATURATED, SATURATED)
    p = 1 / (1 + np.exp(-s))
    curvature = np.where(s < 0, p * (1 - p), 1 / (4 + np.abs(s)))
    return p, curvature, np.logaddexp(0, s)


def average(c: Chunk) -> None:
    """CBOW: h_i = sum over its window of value x."""
    p = c.context
    value = np.zeros((len(p.hidden), c.x.value.shape[1]))
    np.add.at(value, p.line, np.array(p.value)[:, None] * c.x.value[p.column])
    c.hidden.set(value)


def hand_back(c: Chunk, job: Job) -> None:
    """CBOW: the window's words take their share of the hidden row's gradient."""
    p = c.context
    share = np.array(p.value) if job.cbow_exact else np.ones(len(p.value))
    whole = np.bincount(p.line, p.value)[p.line]
    np.add.at(c.x.bound, p.column, share * whole * c.hidden.bound[p.line])
    np.add.at(c.x.gradient, p.column, share[:, None] * c.hidden.gradient[p.line])


def repulsion(c: Chunk) -> float:
    """Take the dense part: every hidden row against the shared negatives."""
    h, n = c.hidden, len(c.times)
    p, slope, loss = logistic(h.value @ c.y.value[:n].T)
    score = -c.omega * p
    c.y.bound[:n] += (c.omega * slope).T @ h.norm
    h.bound += (c.omega * slope) @ c.y.norm[:n]
    h.gradient += score @ c.y.value[:n]
    c.y.gradient[:n] += score.T @ h.value
    return float((c.omega * loss).sum())


def attraction(c: Chunk) -> float:
    """Take the sparse part: every hidden row against its own outside words."""
    p, h = c.pairs, c.hidden
    rows = np.array(p.hidden)[p.line]
    score = np.einsum("ij,ij->i", h.value[rows], c.y.value[p.column])
    value, slope, loss = logistic(-score)
    np.add.at(h.gradient, rows, value[:, None] * c.y.value[p.column])
    np.add.at(h.bound, rows, slope * c.y.norm[p.column])
    np.add.at(c.y.bound, p.column, slope * h.norm[rows])
    np.add.at(c.y.gradient, p.column, value[:, None] * h.value[rows])
    return float(loss.sum())


def learn(c: Chunk, job: Job, rate: float) -> float:
    """Take one step on a planned chunk; return its loss, NaN if not finite."""
    c.x.fetch()
    c.y.fetch()
    if not np.isfinite(c.x.norm.sum() + c.y.norm.sum()):
        return float("nan")
    if job.cbow:
        average(c)
    loss = repulsion(c)
    loss += attraction(c)
    if job.cbow:
        hand_back(c, job)
    c.x.step(rate)
    c.y.step(rate)
    return loss


def rate_at(job: Job, epoch: int, position: int) -> float:
    """Return the learning rate of the chunk whose first centre is there."""
    tokens = len(job.ids)
    done = (epoch - job.first_epoch) * tokens + position
    return job.alpha + (job.min_alpha - job.alpha) * (done / tokens / job.epochs)


def train(
    job: Job, epoch: int, first_block: int, last_block: int
) -> tuple[float, int, int, bool]:
    """
    Train work units first_block..last_block-1 of an epoch.

    Returns
    -------
    loss : float
        Sum over the positive pairs, each with its negatives.
    pairs, centres : int
        How many there were.
    finite : bool
        False if parameters that are not finite were met; training stopped there.
    """
    loss, pairs, centres = 0.0, 0, 0
    noise = stream_key(job.seed, NOISE, epoch)
    for block in range(first_block, min(last_block, job.blocks)):
        begin, end = block * job.block, min((block + 1) * job.block, len(job.ids))
        s = fill(job, stream_key(job.seed, TOKENS, epoch), begin, end)
        for place in range(s.first, s.last, job.chunk):
            stop = min(s.last, place + job.chunk)
            c = Chunk(job, s, place, stop, noise)
            if c.positives:
                step = learn(c, job, rate_at(job, epoch, int(s.position[place])))
                if np.isnan(step):
                    return loss, pairs, centres, False
                loss += step
            pairs += c.positives
            centres += stop - place
    return loss, pairs, centres, True
