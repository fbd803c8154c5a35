"""The class KeyedVectors: words and their vectors."""

from __future__ import annotations

from w2vfast.keyedvectors.files import FileMethods
from w2vfast.keyedvectors.pages import PageMethods
from w2vfast.keyedvectors.plots import PlotMethods
from w2vfast.keyedvectors.scores import ScoreMethods
from w2vfast.runtime.public_methods import named_after_class
from w2vfast.vectors.exports import Exports
from w2vfast.vectors.neighbours import NeighbourQueries
from w2vfast.vectors.sentences import SentenceVectors
from w2vfast.vectors.similarity import SimilarityQueries
from w2vfast.vectors.transforms import Transforms


@named_after_class
class KeyedVectors(
    PlotMethods,
    NeighbourQueries,
    SimilarityQueries,
    SentenceVectors,
    Transforms,
    Exports,
    ScoreMethods,
    FileMethods,
    PageMethods,
):
    """
    Words and their vectors.

    `vectors` is read-only, so that the cached norms stay correct. To change a vector,
    change a copy and assign it::

        changed = wv.vectors.copy()
        changed[wv.key_to_index["king"]] += 1
        wv.vectors = changed

    Parameters
    ----------
    keys : sequence of str, length V
        Distinct words, the most frequent first.
    vectors : float array, shape (V, d)
        Finite. A float32 or float16, C-contiguous array is used without a copy; do not
        change it afterwards. Other arrays are converted to float32.
    counts : int array, shape (V,), optional
        How often each word occurs in the corpus.

    Attributes
    ----------
    index_to_key : list of str, length V
        The word of each row.
    key_to_index : dict of str to int
        The row of each word.
    counts : int64 array, shape (V,), or None

    Raises
    ------
    ValueError
        If a word occurs twice, lengths differ, or a vector holds NaN or infinity.
    TypeError
        If a key is not a string, or `vectors` or `counts` do not hold numbers.

    Examples
    --------
    >>> import numpy as np
    >>> from w2vfast import KeyedVectors
    >>> vectors = np.array([[1, 0], [4, 3], [-1, 0]], np.float32)
    >>> wv = KeyedVectors(["king", "queen", "bread"], vectors)
    >>> wv["queen"]
    array([4., 3.], dtype=float32)
    >>> wv.most_similar("king", topn=1)
    [('queen', 0.8)]
    """
