"""Keys, their vectors and attributes: look-up, addition and change."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from w2vfast.compat.gensim.key_table import Array, Key, KeyTable, is_key
from w2vfast.runtime.pause_gate import PauseGate
from w2vfast.vectors.nearest import normalise
from w2vfast.wording import counted, quoted

_REMOVED = {
    "vocab": "use key_to_index, index_to_key, get_vecattr() and set_vecattr()",
    "index2word": "use index_to_key",
    "index2entity": "use index_to_key",
    "vectors_norm": "use get_normed_vectors()",
    "syn0": "use vectors",
    "syn0norm": "use get_normed_vectors()",
    "wv": "this is model.wv already, so leave out one .wv",
    "wmd": "use wmdistance()",
    "add_lifecycle_event": "only models have lifecycle events",
    "log_accuracy": "print the sections that evaluate_word_analogies() returns",
    "log_evaluate_word_pairs": "print what evaluate_word_pairs() returns",
    "similarity_unseen_docs": "use n_similarity() or wmdistance()",
}


def as_list(items: Any) -> list[Any]:
    """Return a key, a vector, several of them or None as a list."""
    if items is None:
        return []
    if is_key(items) or (isinstance(items, np.ndarray) and items.ndim == 1):
        return [items]
    if isinstance(items, np.ndarray | list | tuple):
        return list(items)
    raise TypeError(
        f"{quoted(items)}: expected a key, a vector, or a list of these, found "
        f"{type(items).__name__}"
    )


def check_vector(vector: Any, size: int) -> npt.NDArray[Any]:
    """Return a vector of a query; ValueError unless it is `size` finite numbers."""
    array = np.asarray(vector)
    if array.shape != (size,) or array.dtype.kind not in "fiu":
        raise ValueError(
            f"{quoted(vector)}: expected a key, or a vector of "
            f"{counted(size, 'number')}"
        )
    if not np.isfinite(array).all():
        raise ValueError(f"{quoted(vector)}: a query vector holds NaN or infinity")
    return array


class VectorStore(KeyTable):
    """
    Keys and vectors that may change at any time.

    Parameters
    ----------
    vector_size : int
        Dimensions.
    count : int, default 0
        Rows to allocate for keys that `add_vector` adds later.
    dtype : dtype, default float32
    mapfile_path : optional
        Kept as an attribute; arrays are always in memory.

    Attributes
    ----------
    vectors : array of `dtype`, (keys, vector_size)
        May be changed in place or replaced.
    index_to_key : list
        The key of each row; None for rows that are not used yet.
    key_to_index : dict
    expandos : dict of str to array
        Attributes of keys, such as "count".
    vectors_lockf : float32, (1,) or (keys,)
        Factor on the steps of training, for all rows or for each row. 0 freezes a row.
    gate : PauseGate
        In its `paused`, no training changes `vectors`.
    """

    def __init__(
        self,
        vector_size: int,
        count: int = 0,
        dtype: npt.DTypeLike = np.float32,
        mapfile_path: Any = None,
    ) -> None:
        self.vector_size = vector_size
        self.index_to_key: list[Key] = [None] * count
        self.next_index: int = 0
        self.key_to_index: dict[Key, int] = {}
        self.vectors: Array = np.zeros((count, vector_size), dtype)
        self.vectors_lockf: Array = np.ones(1, np.float32)
        self.expandos: dict[str, Array] = {}
        self.mapfile_path = mapfile_path
        self.gate: PauseGate = PauseGate()

    def __getattr__(self, name: str) -> Any:
        if name in _REMOVED:
            raise AttributeError(
                f"{type(self).__name__} has no attribute {name!r}: {_REMOVED[name]}"
            )
        raise AttributeError(f"{type(self).__name__!r} has no attribute {name!r}")

    def __str__(self) -> str:
        return (
            f"{type(self).__name__}<vector_size={self.vector_size}, {len(self)} keys>"
        )

    def __contains__(self, key: object) -> bool:
        return self.has_index_for(key)

    def __getitem__(self, key_or_keys: Any) -> Array:
        if is_key(key_or_keys):
            return self.get_vector(key_or_keys)
        rows = [self.get_index(key) for key in key_or_keys]
        if not rows:
            raise ValueError("an empty list of keys: expected at least one key")
        return self.vectors[rows]

    def get_vector(self, key: Key, norm: bool = False) -> Array:
        """
        Return the vector of a key, read-only.

        Parameters
        ----------
        key : str or int
        norm : bool, default False
            Scale the vector to length 1. A vector of zeros stays as it is.

        Raises
        ------
        KeyError
            If there is no such key.
        """
        vector: Array = self.vectors[self.get_index(key)]
        dtype = vector.dtype
        vector = normalise(vector).astype(dtype) if norm else vector.view()
        vector.flags.writeable = False
        return vector

    def word_vec(self, *args: Any, **kwargs: Any) -> Array:
        """Return `get_vector` (the name before gensim 4)."""
        return self.get_vector(*args, **kwargs)

    def __setitem__(self, keys: Any, weights: Any) -> None:
        single = is_key(keys)
        self.add_vectors(
            [keys] if single else keys, [weights] if single else weights, replace=True
        )

    def add_vector(self, key: Key, vector: Any) -> int:
        """
        Add one key in the next row that is free; return its row.

        A key that exists keeps its row. As in gensim, it gets the vector only if a row
        is free.
        """
        if not is_key(key):
            raise TypeError(
                f"{quoted(key)}: expected a key, a str or an int, found "
                f"{type(key).__name__}"
            )
        index = self.next_index
        if key in self.key_to_index:
            known = self.key_to_index[key]
            if index < len(self) and self.index_to_key[index] is None:
                self.vectors[known] = vector
            return known
        if index >= len(self) or self.index_to_key[index] is not None:
            index = len(self)
            self.add_vectors([key], [vector])
            self.next_index = index + 1
            return index
        self.index_to_key[index] = key
        self.key_to_index[key] = index
        self.vectors[index] = vector
        self.next_index = index + 1
        return index

    def add_vectors(
        self,
        keys: Any,
        weights: Any,
        extras: dict[str, Any] | None = None,
        replace: bool = False,
    ) -> None:
        """
        Add keys with their vectors.

        Parameters
        ----------
        keys : key, or sequence of n keys
        weights : array, (vector_size,) or (n, vector_size)
        extras : dict of str to array of length n, optional
            Attributes of the keys.
        replace : bool, default False
            Replace the vectors of keys that exist; otherwise those are left as they
            are.
        """
        keys = [keys] if is_key(keys) else list(keys)
        rows = np.asarray(weights, self.vectors.dtype)
        if rows.size != len(keys) * self.vector_size:
            raise ValueError(
                f"vectors of shape {rows.shape} for {counted(len(keys), 'key')}: "
                f"expected ({len(keys)}, {self.vector_size})"
            )
        rows = rows.reshape(len(keys), self.vector_size)
        extras = {name: np.asarray(values) for name, values in (extras or {}).items()}
        self.allocate_vecattrs(list(extras), [v.dtype for v in extras.values()])
        known = np.array([self.has_index_for(key) for key in keys], bool)
        added: list[int] = []
        for position in np.flatnonzero(~known).tolist():
            if keys[position] not in self.key_to_index:
                self.key_to_index[keys[position]] = len(self.index_to_key)
                self.index_to_key.append(keys[position])
                added.append(position)
        if added:
            self.vectors = np.vstack([self.vectors, rows[added]])
        self.allocate_vecattrs()
        changed = np.flatnonzero(known).tolist() if replace else []
        if changed:
            self.vectors[[self.get_index(keys[i]) for i in changed]] = rows[changed]
        touched = added + changed
        indices = [self.get_index(keys[i]) for i in touched]
        for name, values in extras.items():
            self.expandos[name][indices] = values[touched]

    def resize_vectors(self, seed: int = 0) -> None:
        """Give `vectors` one row for each key; new rows are small random numbers."""
        n_old, n_new = len(self.vectors), len(self)
        if n_old == n_new:
            return
        if n_old > n_new:
            self.vectors = self.vectors[:n_new].copy()
            return
        rows = random_rows(n_new - n_old, self.vector_size, seed + n_old)
        self.vectors = np.vstack([self.vectors, rows.astype(self.vectors.dtype)])

    def sort_by_descending_frequency(self) -> None:
        """Sort keys, vectors and attributes by the attribute "count", descending."""
        order = np.argsort(-self.expandos["count"], kind="stable")
        self.index_to_key = [self.index_to_key[i] for i in order.tolist()]
        self.key_to_index = {key: i for i, key in enumerate(self.index_to_key)}
        self.expandos = {name: values[order] for name, values in self.expandos.items()}
        if len(self.vectors) == len(order):
            self.vectors[:] = self.vectors[order]

    def vectors_for_all(
        self,
        keys: Iterable[Key],
        allow_inference: bool = True,
        copy_vecattrs: bool = False,
    ) -> Any:
        """
        Return the vectors of those `keys` that exist, as a new object.

        Parameters
        ----------
        keys : iterable of keys
        allow_inference : bool
            No effect: these vectors cannot infer unknown words.
        copy_vecattrs : bool, default False
            Copy attributes; otherwise they are 0.
        """
        found = [key for key in dict.fromkeys(keys) if self.has_index_for(key)]
        part = type(self)(self.vector_size, dtype=self.vectors.dtype)
        rows = [self.get_index(key) for key in found]
        part.add_vectors(found, self.vectors[rows])
        for name, values in self.expandos.items():
            part.allocate_vecattrs([name], [values.dtype])
            if copy_vecattrs:
                part.expandos[name][:] = values[rows]
        return part


def random_rows(rows: int, vector_size: int, seed: int) -> npt.NDArray[np.float32]:
    """Return vectors uniform in ±1 / vector_size, as gensim 4 initialises them."""
    random = np.random.Generator(np.random.PCG64(seed % 2**64))
    uniform = random.random((rows, vector_size), np.float32)
    vectors: npt.NDArray[np.float32] = (2 * uniform - 1) / np.float32(vector_size)
    return vectors
