"""The arithmetic of one chunk, for every objective.

J is a sum over hidden rows h_i of a dense part (the shared negatives, or the
softmax's log Z) and a sparse one, the pairs. Gradients are of -J.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from w2vfast.kernels.job import Job
from w2vfast.kernels.reference.batch import Chunk

Floats = NDArray[np.float64]

SATURATED = 30.0


# ---- CBOW's hidden rows ----


def average(c: Chunk) -> None:
    """CBOW: h_i = sum over its window of value x."""
    p = c.context
    value = np.zeros((p.line[-1] + 1, c.x.value.shape[1]))
    np.add.at(value, p.line, np.array(p.value)[:, None] * c.x.value[p.column])
    c.hidden.set(value)


def hand_back(c: Chunk, job: Job) -> None:
    """CBOW: the window's words take their share of the hidden row's gradient."""
    p = c.context
    share = np.array(p.value) if job.cbow_exact else np.ones(len(p.value))
    whole = np.bincount(p.line, p.value)[p.line]
    np.add.at(c.x.bound, p.column, share * whole * c.hidden.bound[p.line])
    np.add.at(c.x.gradient, p.column, share[:, None] * c.hidden.gradient[p.line])


# ---- the dense part ----


def logistic(score: Floats) -> tuple[Floats, Floats, Floats]:
    """Return sigma(s), the curvature that bounds the step and -log sigma(-s)."""
    s = np.clip(score, -SATURATED, SATURATED)
    p = 1 / (1 + np.exp(-s))
    curvature = np.where(s < 0, p * (1 - p), 1 / (4 + np.abs(s)))
    return p, curvature, np.logaddexp(0, s)


def repulsion(c: Chunk) -> float:
    """Negative sampling: every hidden row against the shared negatives."""
    h, n = c.hidden, len(c.share)
    p, slope, loss = logistic(h.value @ c.y.value[:n].T)
    weight = c.omega * c.share
    score = -weight * p
    c.y.bound[:n] += (weight * slope).T @ h.norm
    h.bound += (weight * slope) @ c.y.norm[:n]
    h.gradient += score @ c.y.value[:n]
    c.y.gradient[:n] += score.T @ h.value
    return float((weight * loss).sum())


def log_sum_exp(score: Floats) -> Floats:
    """Return log of the sum of e^score over the last axis."""
    top: Floats = score.max(axis=-1)
    total: Floats = top + np.log(np.exp(score - top[..., None]).sum(axis=-1))
    return total


def partition(c: Chunk) -> Floats:
    """Softmax: log Z of every hidden row."""
    return log_sum_exp(c.hidden.value @ c.y.value.T)


def spread(c: Chunk, log_z: Floats) -> None:
    """Softmax: -n_i y_i, y_i = softmax(U h_i), in the gradients of h_i and all u_w."""
    h, u = c.hidden, c.y
    y = np.exp(h.value @ u.value.T - log_z[:, None])
    q = np.minimum(y, 0.5)
    slope = c.times[:, None] * q * (1 - q)
    score = -c.times[:, None] * y
    u.bound += slope.T @ h.norm
    h.bound += (c.times[:, None] * y) @ u.norm
    h.gradient += score @ u.value
    u.gradient += score.T @ h.value


# ---- the sparse part ----


def softmax_pair(loss: Floats) -> tuple[Floats, Floats]:
    """Return what a pair adds beside the softmax's own, and what bounds the step."""
    y = np.exp(-loss)
    return np.ones_like(y), np.where(y < 0.5, 1 / (4 + loss), y * (1 - y))


def attraction(c: Chunk, log_z: Floats | None = None) -> float:
    """Take the pairs: every hidden row against the rows that it aims at."""
    p, h = c.pairs, c.hidden
    label = np.array(p.value)
    score = np.einsum("ij,ij->i", h.value[p.line], c.y.value[p.column])
    if log_z is None:
        value, slope, loss = logistic(-label * score)
        value *= label
    else:
        loss = log_z[p.line] - score
        value, slope = softmax_pair(loss)
    np.add.at(h.gradient, p.line, value[:, None] * c.y.value[p.column])
    np.add.at(h.bound, p.line, slope * c.y.norm[p.column])
    np.add.at(c.y.bound, p.column, slope * h.norm[p.line])
    np.add.at(c.y.gradient, p.column, value[:, None] * h.value[p.line])
    return float(loss.sum())


# ---- one chunk ----


def begin_chunk(c: Chunk, job: Job) -> bool:
    """Fetch what the chunk reads; tell whether it is finite."""
    c.x.fetch()
    c.y.fetch()
    if not np.isfinite(c.x.norm.sum() + c.y.norm.sum()):
        return False
    if job.cbow:
        average(c)
    return True


def learn(c: Chunk, job: Job, rate: float) -> float:
    """Take one step on a planned chunk; return its loss, NaN if not finite."""
    if not begin_chunk(c, job):
        return float("nan")
    loss, log_z = 0.0, None
    if job.loss == "negative_sampling":
        loss += repulsion(c)
    if job.loss == "softmax":
        log_z = partition(c)
        spread(c, log_z)
    loss += attraction(c, log_z)
    if job.cbow:
        hand_back(c, job)
    c.x.step(rate)
    c.y.step(rate)
    return loss


def judge(c: Chunk, job: Job) -> float:
    """Return the loss of a planned chunk, NaN if not finite; nothing is learnt."""
    if not begin_chunk(c, job):
        return float("nan")
    return attraction(c, partition(c) if job.loss == "softmax" else None)
