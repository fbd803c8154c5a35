"""Errors for parameters that exclude each other."""

from __future__ import annotations

from typing import Any

Parameters = Any  # of w2vfast.training.parameters, which imports this module


def check_products(p: Parameters) -> None:
    """Reject products in bfloat16 without negatives."""
    if p.rounds_products and not p.uses_negatives:
        raise ValueError(
            f"matmul_precision={p.matmul_precision!r} with loss={p.loss!r}: only "
            "products with negatives can be rounded; leave matmul_precision out, or "
            "pass loss='negative_sampling'"
        )


def check_matrices(p: Parameters) -> None:
    """Reject matrices of float16 with softmax."""
    if p.dtype != "float32" and p.loss == "softmax":
        raise ValueError(
            f"dtype={p.dtype!r} with loss='softmax': expected dtype='float32', "
            "because each batch of the softmax reads and changes a whole matrix"
        )


def negatives_error(p: Parameters, name: str, value: Any, names: str) -> ValueError:
    """Return the error for a parameter of negative sampling with another loss."""
    with_it = "loss='negative_sampling'"
    return ValueError(
        f"{name}={value!r} with loss={p.loss!r}: only {with_it} has {names}; leave "
        f"{name} out, or pass {with_it}"
    )


def check_cbow(p: Parameters) -> None:
    """Reject parameters of CBOW with skip-gram."""
    if not p.cbow and (p.cbow_exact is True or p.cbow_mean is False):
        raise ValueError(
            f"cbow_mean={p.cbow_mean}, cbow_exact={p.cbow_exact} with "
            f"architecture={p.architecture!r}: only architecture='cbow' has these "
            "parameters; leave them out, or pass architecture='cbow'"
        )


def check_windows(p: Parameters) -> None:
    """Reject weighted windows where they have no meaning."""
    if p.weighted_windows and not p.may_weight_windows:
        raise ValueError(
            f"weighted_windows=True with architecture={p.architecture!r}, "
            f"loss={p.loss!r}, shrink_windows={p.shrink_windows}: expected skip-gram, "
            "a loss without hierarchical softmax, and shrink_windows=True; leave "
            "weighted_windows out"
        )


def check_thinning(p: Parameters) -> None:
    """Reject thinned gradients where no negatives are shared, or in bfloat16."""
    if p.thin_gradients and not p.may_thin_gradients:
        raise ValueError(
            f"thin_gradients=True with loss={p.loss!r}, "
            f"shared_negatives={p.shared_negatives}, "
            f"matmul_precision={p.matmul_precision!r}: expected negative sampling, "
            "shared_negatives of 1 or more, and matmul_precision='float32'; leave "
            "thin_gradients out, or pass thin_gradients=False"
        )


def check_alphas(p: Parameters) -> None:
    """Reject a learning rate that would rise."""
    if p.min_alpha > p.initial_alpha:
        raise ValueError(
            f"alpha={p.alpha}, min_alpha={p.min_alpha}: expected "
            "0 <= min_alpha <= alpha; lower min_alpha, or raise alpha"
        )
