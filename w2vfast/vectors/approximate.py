"""Approximate search for the nearest rows, through faiss (the extra ``ann``)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from w2vfast.runtime import row_blocks
from w2vfast.runtime.optional_packages import load
from w2vfast.vectors.nearest import CosineIndex, Float64Array, normalise
from w2vfast.vectors.ranking import RowsWithCosines, check_topn
from w2vfast.wording import counted

SPARE_NEIGHBOURS = 4  # times topn: faiss's float32 order is corrected among these


class ApproximateIndex:
    """
    A navigable small-world graph of unit vectors (HNSW, arXiv:1603.09320).

    Build it with `KeyedVectors.approximate_index`. faiss proposes neighbours; their
    exact float64 cosines give the order. A result can miss words; the cosines of the
    words in it are exact.

    Parameters
    ----------
    exact : CosineIndex
        The vectors. They are copied into the graph as unit vectors.
    links, build_width, search_width : int
        As in `KeyedVectors.approximate_index`.

    Raises
    ------
    ImportError
        If faiss is not installed.
    ValueError
        If an argument is out of range.
    """

    def __init__(
        self, exact: CosineIndex, *, links: int, build_width: int, search_width: int
    ) -> None:
        smallest = {"links": 2, "build_width": 1, "search_width": 1}
        given = {
            "links": links, "build_width": build_width, "search_width": search_width
        }  # fmt: skip
        for name, value in given.items():
            if value < smallest[name]:
                raise ValueError(f"{name}={value}: expected {smallest[name]} or more")
        faiss = load("faiss", "an approximate index", "ann")
        vectors = exact.vectors
        self._exact = exact
        self._search_width = search_width
        self._faiss = faiss
        graph = faiss.IndexHNSWFlat(vectors.shape[1], links, faiss.METRIC_INNER_PRODUCT)
        graph.hnsw.efConstruction = build_width
        for block in row_blocks.row_blocks(vectors, 1 << 26):
            graph.add(normalise(vectors[block]).astype(np.float32))
        self._graph = graph

    def __repr__(self) -> str:
        n_words, dimensions = self._exact.vectors.shape
        return (
            f"<ApproximateIndex: {counted(n_words, 'word')}, "
            f"{counted(dimensions, 'dimension')}>"
        )

    def check_vectors(self, exact: CosineIndex) -> None:
        """Raise ValueError if the index was built from other vectors than `exact`."""
        if exact is not self._exact:
            raise ValueError(
                "index belongs to other vectors, or the vectors have changed; expected "
                "an index of these vectors; build it again with approximate_index()"
            )

    def nearest(
        self, units: Float64Array, excluded: Sequence[Collection[int]], topn: int
    ) -> list[RowsWithCosines]:
        """Return near rows for each query, as `CosineIndex.nearest` does."""
        topn = check_topn(topn)
        count = SPARE_NEIGHBOURS * topn + max(map(len, excluded), default=0)
        count = min(count, len(self._exact.vectors))
        width = max(self._search_width, count)
        options = self._faiss.SearchParametersHNSW(efSearch=width)
        _, found = self._graph.search(units.astype(np.float32), count, params=options)
        candidates = [np.unique(rows[rows >= 0]) for rows in found]
        return self._exact.rank_rows(units, candidates, excluded, topn)
