"""Keys, their rows, and attributes such as counts."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral
from typing import Any

import numpy as np
import numpy.typing as npt

from w2vfast.compat.gensim.unknown_key import UnknownKeyError

Array = npt.NDArray[Any]
Key = Any  # str or int
KEY_TYPES = (str, int, np.integer)


def is_key(item: object) -> bool:
    """Return whether `item` is of a type that a key can have."""
    return isinstance(item, KEY_TYPES)


class KeyTable:
    """
    Keys with a row each, and attributes of keys.

    Attributes
    ----------
    index_to_key : list
        The key of each row; None for rows that are not used yet.
    key_to_index : dict
    expandos : dict of str to array
        Attributes of keys, such as "count".
    """

    index_to_key: list[Key]
    key_to_index: dict[Key, int]
    expandos: dict[str, Array]

    def __len__(self) -> int:
        return len(self.index_to_key)

    def has_index_for(self, key: Key) -> bool:
        """Return whether `key` has a vector."""
        return isinstance(key, KEY_TYPES) and key in self.key_to_index

    def get_index(self, key: Key, default: Any = None) -> Any:
        """Return the row of a key, else `default`, else raise KeyError."""
        index = self.key_to_index.get(key, -1)
        if index >= 0:
            return index
        if default is not None:
            return default
        raise UnknownKeyError(key, self.key_to_index)

    def allocate_vecattrs(
        self, attrs: Sequence[str] | None = None, types: Sequence[Any] | None = None
    ) -> None:
        """
        Give each attribute one entry for each key; new entries are 0 (or None).

        Parameters
        ----------
        attrs : sequence of str, optional
            Attributes to create if they are missing. None means those that exist.
        types : sequence of types, optional
            The type of each new attribute.
        """
        names = list(self.expandos) if attrs is None else list(attrs)
        kinds = list(types or [])
        for position, name in enumerate(names):
            old = self.expandos.get(name)
            dtype = _attribute_dtype(kinds[position]) if old is None else old.dtype
            if old is None or len(old) != len(self):
                new = np.full(len(self), None if dtype.kind == "O" else 0, dtype)
                if old is not None:
                    new[: len(old)] = old[: len(new)]
                self.expandos[name] = new

    def set_vecattr(self, key: Key, attr: str, val: Any) -> None:
        """Set an attribute of a key; the type of the first value is the type of all."""
        self.allocate_vecattrs([attr], [type(val)])
        self.expandos[attr][self.get_index(key)] = val

    def get_vecattr(self, key: Key, attr: str) -> Any:
        """Return an attribute of a key; raise KeyError if either does not exist."""
        index = self.get_index(key)
        return self.expandos[attr][index]


def _attribute_dtype(kind: Any) -> np.dtype[Any]:
    """Return the dtype for an attribute: numbers and booleans as such, else object."""
    if isinstance(kind, type) and issubclass(kind, bool):
        return np.dtype(bool)
    if isinstance(kind, type) and issubclass(kind, Integral):
        return np.dtype(np.int64)
    try:
        dtype = np.dtype(kind)
    except TypeError:
        return np.dtype(object)
    return dtype if dtype.kind in "biufc" else np.dtype(object)
