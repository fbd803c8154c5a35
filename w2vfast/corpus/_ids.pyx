"""Loops over arrays of word ids, without the GIL: translate, select and count."""

from libc.stdint cimport int32_t, int64_t


def translate(const int32_t[::1] ids, const int32_t[::1] mapping, int32_t[::1] out):
    """Write ``mapping[ids]`` to `out`, which may be the same array as `ids`."""
    cdef int64_t i
    if out.shape[0] != ids.shape[0]:
        raise ValueError(f"{ids.shape[0]} ids do not fit {out.shape[0]} places")
    with nogil:
        for i in range(ids.shape[0]):
            out[i] = mapping[ids[i]]


def select(const int32_t[::1] ids, const int32_t[::1] mapping, int32_t[::1] out,
           int64_t[::1] ends):
    """
    Translate ids and drop those that `mapping` maps to a negative number.

    Parameters
    ----------
    ids : int32
    mapping : int32
        The new id of every id, -1 for none.
    out : int32, (len(ids),)
        Receives the ids kept.
    ends : int64, ascending, at most len(ids)
        Each entry n is replaced by the number of ids kept among the first n.

    Returns
    -------
    int
        Number of ids written to `out`.
    """
    cdef int64_t i, end = 0, kept = 0
    if out.shape[0] != ids.shape[0]:
        raise ValueError(f"{ids.shape[0]} ids do not fit {out.shape[0]} places")
    with nogil:
        for i in range(ids.shape[0]):
            while end < ends.shape[0] and ends[end] <= i:
                ends[end] = kept
                end += 1
            out[kept] = mapping[ids[i]]
            kept += out[kept] >= 0
        while end < ends.shape[0]:
            ends[end] = kept
            end += 1
    return kept


def count(const int32_t[::1] ids, int64_t[::1] counts, int64_t[::1] order,
          int64_t seen):
    """
    Count ids, and append each id to `order` at its first appearance.

    Parameters
    ----------
    ids : int32
    counts : int64
        Number of occurrences so far; updated.
    order : int64
        Distinct ids in the order of their first appearance; updated.
    seen : int
        Number of ids in `order`.

    Returns
    -------
    int
        The new number of ids in `order`.
    """
    cdef int64_t i
    with nogil:
        for i in range(ids.shape[0]):
            if counts[ids[i]] == 0:
                order[seen] = ids[i]
                seen += 1
            counts[ids[i]] += 1
    return seen
