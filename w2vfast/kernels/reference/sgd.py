"""The arithmetic of one batch, for every objective.

The loss J is a sum over hidden rows h_i of two parts: the shared rows (negatives, or
log Z of the softmax) and the positive pairs. Gradients are of -J.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from w2vfast.kernels.arguments import KernelArguments
from w2vfast.kernels.reference.batch import Batch

Floats = NDArray[np.float64]

MAX_SCORE = 30.0


# ---- CBOW ----


def compute_hidden_rows(b: Batch) -> None:
    """CBOW: h_i = the sum over its window of weight times centre vector."""
    p = b.context
    value = np.zeros((p.row[-1] + 1, b.centre.value.shape[1]))
    np.add.at(value, p.row, np.array(p.data)[:, None] * b.centre.value[p.col])
    b.hidden.set_values(value)


def scatter_to_context(b: Batch, args: KernelArguments) -> None:
    """CBOW: add the hidden rows' gradients to those of their context words."""
    p = b.context
    share = np.array(p.data) if args.cbow_exact else np.ones(len(p.data))
    whole = np.bincount(p.row, p.data)[p.row]
    np.add.at(b.centre.curvature, p.col, share * whole * b.hidden.curvature[p.row])
    np.add.at(b.centre.gradient, p.col, share[:, None] * b.hidden.gradient[p.row])


# ---- shared rows ----


def logistic(score: Floats) -> tuple[Floats, Floats, Floats]:
    """Return sigma(s), the curvature for the step bound, and -log sigma(-s)."""
    s = np.clip(score, -MAX_SCORE, MAX_SCORE)
    p = 1 / (1 + np.exp(-s))
    curvature = np.where(s < 0, p * (1 - p), 1 / (4 + np.abs(s)))
    return p, curvature, np.logaddexp(0, s)


def rounded(x: Floats) -> Floats:
    """Return numbers rounded to bfloat16: to the nearest, ties to even."""
    bits = x.astype(np.float32).view(np.uint32)
    bits += np.uint32(0x7FFF) + (bits >> np.uint32(16) & np.uint32(1))
    return (bits & np.uint32(0xFFFF0000)).view(np.float32).astype(np.float64)


def shared_rows_gradient(b: Batch, args: KernelArguments) -> float:
    """Negative sampling: every hidden row against every shared negative."""
    h, n = b.hidden, len(b.shared_weight)
    hidden, shared = h.value, b.outside.value[:n]
    if args.bfloat16_products:
        hidden, shared = rounded(hidden), rounded(shared)
    p, term_curvature, loss = logistic(hidden @ shared.T)
    weight = b.omega * b.shared_weight
    score = -weight * p
    if args.bfloat16_products:
        score = rounded(score)
    share = np.ones(len(hidden))  # of each hidden row's part in the shared gradients
    if args.thin_gradients:
        share = 2.0 * (np.arange(len(hidden)) % 2 == b.first_thinned)
    b.outside.curvature[:n] += (weight * term_curvature).T @ (share * h.squared_norm)
    h.curvature += (weight * term_curvature) @ b.outside.squared_norm[:n]
    h.gradient += score @ shared
    b.outside.gradient[:n] += score.T @ (share[:, None] * hidden)
    return float((weight * loss).sum())


def log_sum_exp(score: Floats) -> Floats:
    """Return log sum exp(score) over the last axis."""
    top: Floats = score.max(axis=-1)
    total: Floats = top + np.log(np.exp(score - top[..., None]).sum(axis=-1))
    return total


def compute_log_z(b: Batch) -> Floats:
    """Softmax: log Z of every hidden row."""
    return log_sum_exp(b.hidden.value @ b.outside.value.T)


def softmax_gradient(b: Batch, log_z: Floats) -> None:
    """Softmax: add the terms of -n_i y_i to all gradients, y_i = softmax(U h_i)."""
    h, u = b.hidden, b.outside
    y = np.exp(h.value @ u.value.T - log_z[:, None])
    q = np.minimum(y, 0.5)
    term_curvature = b.pair_count[:, None] * q * (1 - q)
    score = -b.pair_count[:, None] * y
    u.curvature += term_curvature.T @ h.squared_norm
    h.curvature += (b.pair_count[:, None] * y) @ u.squared_norm
    h.gradient += score @ u.value
    u.gradient += score.T @ h.value


# ---- positive pairs ----


def pair_softmax(loss: Floats) -> tuple[Floats, Floats]:
    """Return the gradient factors of pairs, and their curvatures for the step bound."""
    y = np.exp(-loss)
    return np.ones_like(y), np.where(y < 0.5, 1 / (4 + loss), y * (1 - y))


def pairs_gradient(b: Batch, log_z: Floats | None = None) -> float:
    """Add the gradients of the positive pairs; return their loss."""
    p, h = b.pairs, b.hidden
    label = np.array(p.data)
    score = np.einsum("ij,ij->i", h.value[p.row], b.outside.value[p.col])
    if log_z is None:
        value, term_curvature, loss = logistic(-label * score)
        value *= label
    else:
        loss = log_z[p.row] - score
        value, term_curvature = pair_softmax(loss)
    weight = np.array(p.weight)
    value, term_curvature = weight * value, weight * term_curvature
    np.add.at(h.gradient, p.row, value[:, None] * b.outside.value[p.col])
    np.add.at(h.curvature, p.row, term_curvature * b.outside.squared_norm[p.col])
    np.add.at(b.outside.curvature, p.col, term_curvature * h.squared_norm[p.row])
    np.add.at(b.outside.gradient, p.col, value[:, None] * h.value[p.row])
    return float(weight @ loss)


# ---- one batch ----


def begin_batch(b: Batch, args: KernelArguments) -> bool:
    """Load the rows of a batch; return whether they are finite."""
    b.centre.copy_rows()
    b.outside.copy_rows()
    if not np.isfinite(b.centre.squared_norm.sum() + b.outside.squared_norm.sum()):
        return False
    if args.cbow:
        compute_hidden_rows(b)
    return True


def score_batch(b: Batch, args: KernelArguments) -> float:
    """Compute all gradients; return the loss, or NaN if a row is not finite."""
    if not begin_batch(b, args):
        return float("nan")
    loss, log_z = 0.0, None
    if args.uses_negatives:
        loss += shared_rows_gradient(b, args)
    if args.loss == "softmax":
        log_z = compute_log_z(b)
        softmax_gradient(b, log_z)
    loss += pairs_gradient(b, log_z)
    if args.cbow:
        scatter_to_context(b, args)
    return loss


def train_batch(b: Batch, args: KernelArguments, rate: float) -> float:
    """Train a batch; return its loss, or NaN if a row is not finite."""
    loss = score_batch(b, args)
    if not np.isnan(loss):
        b.centre.update(rate)
        b.outside.update(rate)
    return loss


def evaluate_batch(b: Batch, args: KernelArguments) -> float:
    """Return the loss of a batch without training, or NaN if a row is not finite."""
    if not begin_batch(b, args):
        return float("nan")
    return pairs_gradient(b, compute_log_z(b) if args.loss == "softmax" else None)
