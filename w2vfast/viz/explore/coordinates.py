"""Places of words on a map of two dimensions."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from w2vfast.runtime.optional_packages import load
from w2vfast.vectors.nearest import Float64Array
from w2vfast.vectors.principal import CommonPart
from w2vfast.viz.projection import MODULES

SEED = 1


def map_coordinates(units: Float64Array, method: str) -> Float64Array:
    """
    Return the place of each word on the map.

    Parameters
    ----------
    units : float64 array, shape (n, d)
        Rows of length 1, or zeros.
    method : {"pca", "tsne", "umap", "pacmap"}
        "pca" takes the two directions in which the vectors differ most. The other
        methods keep neighbours together; they take seconds to minutes.

    Returns
    -------
    float64 array, shape (n, 2)

    Raises
    ------
    ImportError
        If the package of the method is not installed.

    Examples
    --------
    >>> map_coordinates(np.array([[1.0, 0], [-1, 0]]), "pca").tolist()
    [[1.0, 0.0], [-1.0, 0.0]]
    """
    if method == "pca":
        return _principal_components(units)
    use, otherwise = f"method={method!r}", "use method='pca'"
    library = load(MODULES[method], use, "viz", otherwise)
    if method == "umap":
        mapper = library.UMAP(metric="cosine", random_state=SEED, n_jobs=1)
    elif method == "pacmap":
        mapper = library.PaCMAP(n_components=2, random_state=SEED)
    else:
        perplexity = min(30, (len(units) - 1) / 3)
        mapper = library.TSNE(perplexity=perplexity, random_state=SEED)
    places: Float64Array = np.asarray(mapper.fit_transform(units), np.float64)
    return places


def _principal_components(units: Float64Array) -> Float64Array:
    """Project the rows on the first two principal directions."""
    common = CommonPart.of(units, min(2, units.shape[1]))
    largest = np.abs(common.directions).argmax(axis=1)
    signs = np.sign(common.directions[np.arange(len(largest)), largest])
    places = np.zeros((len(units), 2))
    axes = (common.directions * signs[:, None]).T  # the same signs on every machine
    places[:, : axes.shape[1]] = (units - common.mean) @ axes
    return places


def as_int16(places: Float64Array) -> npt.NDArray[np.int16]:
    """
    Return places as integers from -32767 to 32767, with their middle at 0.

    Examples
    --------
    >>> as_int16(np.array([[0.0, 5], [2, 5], [4, 5]])).tolist()
    [[-32767, 0], [0, 0], [32767, 0]]
    """
    middle = (places.min(axis=0) + places.max(axis=0)) / 2
    centred = places - middle
    largest = np.abs(centred).max()
    scaled: npt.NDArray[np.int16]
    scaled = np.rint(centred * (32767 / (largest or 1))).astype(np.int16)
    return scaled
