"""Places of words in two or three dimensions."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from w2vfast.vectors.nearest import Float64Array
from w2vfast.vectors.principal import CommonPart
from w2vfast.viz.packages import load
from w2vfast.wording import counted

#: The methods, with the fewest words that each can place.
METHODS = {"pca": 2, "tsne": 5, "umap": 8, "pacmap": 12}
MODULES = {"tsne": "sklearn.manifold", "umap": "umap", "pacmap": "pacmap"}


def check_method(method: Any, dimensions: Any, size: int, words: int) -> None:
    """
    Raise ValueError if a method cannot place so many words.

    Parameters
    ----------
    method, dimensions
        As in `project`.
    size : int
        Dimensions of the vectors.
    words : int
    """
    if method not in METHODS:
        expected = ", ".join(map(repr, METHODS))
        raise ValueError(f"method={method!r}: expected one of {expected}")
    if dimensions not in (2, 3):
        raise ValueError(f"dimensions={dimensions!r}: expected 2 or 3")
    if size < dimensions:
        raise ValueError(
            f"dimensions={dimensions} for vectors with {counted(size, 'dimension')}: "
            "expected vectors with at least as many"
        )
    fewest = METHODS[method] + (dimensions - 2 if method == "pca" else 0)
    if words < fewest:
        hint = "" if method == "pca" else ", or method='pca'"
        raise ValueError(
            f"{counted(words, 'word')} for method={method!r} in {dimensions} "
            f"dimensions: expected {fewest} or more; pass more words{hint}"
        )


def project(
    units: Float64Array, method: str = "pca", dimensions: int = 2, seed: int = 1
) -> Float64Array:
    """
    Return the place of each word.

    Parameters
    ----------
    units : float64 array, shape (n, d)
        Rows of length 1, or zeros. Their distances then depend on cosines alone.
    method : {"pca", "tsne", "umap", "pacmap"}
        "pca" takes the directions in which the vectors differ most. The other methods
        keep neighbours together.
    dimensions : {2, 3}
    seed : int, default 1
        The same seed gives the same places. "pca" draws no random numbers.

    Returns
    -------
    float64 array, shape (n, dimensions)

    Raises
    ------
    ImportError
        If the package of the method is not installed.
    ValueError
        If there are too few words.

    Examples
    --------
    >>> project(np.array([[1.0, 0], [-1, 0]])).tolist()
    [[1.0, 0.0], [-1.0, 0.0]]
    """
    words, size = units.shape
    check_method(method, dimensions, size, words)
    if method == "pca":
        return _principal_components(units, dimensions)
    library = load(MODULES[method], f"method={method!r}")
    # One thread: on a busy machine more are slower, and the order of sums stays.
    with quiet(), load("threadpoolctl", f"method={method!r}").threadpool_limits(1):
        if method == "tsne":
            mapper = library.TSNE(
                dimensions, perplexity=min(30, (words - 1) / 3), random_state=seed
            )
        elif method == "umap":
            mapper = library.UMAP(
                n_components=dimensions, n_neighbors=min(15, words - 1),
                random_state=seed, n_jobs=1,
                init="spectral" if words > 20 else "random",
            )  # fmt: skip
        else:
            mapper = library.PaCMAP(
                n_components=dimensions, n_neighbors=min(10, words // 4),
                random_state=seed,
            )  # fmt: skip
        places: Float64Array = np.asarray(mapper.fit_transform(units), np.float64)
    return places


@contextmanager
def quiet() -> Iterator[None]:
    """Hide warnings of the methods about their own parts and about the seed."""
    log = logging.getLogger("pacmap")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        log.setLevel(level)


def _principal_components(units: Float64Array, dimensions: int) -> Float64Array:
    """Project the rows on the first principal directions."""
    common = CommonPart.of(units, dimensions)
    largest = np.abs(common.directions).argmax(axis=1)
    signs = np.sign(common.directions[np.arange(dimensions), largest])
    axes = (common.directions * signs[:, None]).T  # the same signs on every machine
    places: Float64Array = (units - common.mean) @ axes
    return places
