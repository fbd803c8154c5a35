"""Bytes to word ids, without the GIL: the word table behind `Corpus`."""

import os

from libc.stdint cimport int32_t, int64_t, uint8_t, uint64_t

from w2vfast.corpus._entries cimport (
    first_invalid,
    write_counts,
    write_hashes,
    write_lengths,
    write_text,
)
from w2vfast.corpus._merging cimport add_selected, merge_all
from w2vfast.corpus._scan cimport count_values, scan_texts, scan_tokens
from w2vfast.corpus._tokenizer cimport Cursor, end_sentence, hash_factor, hash_start
from w2vfast.corpus._values cimport Values, first_outside, set_values
from w2vfast.corpus._word_hash cimport (
    WordHash,
    allocate,
    free_slots,
    has_slots,
    memory_of,
    release,
    remove_all,
)


def set_hash_key(uint64_t start, uint64_t factor):
    """Set the key of the hash; tables made before must not be used any more."""
    (&hash_start)[0] = start
    (&hash_factor)[0] = factor | 1


# Ids do not depend on hashes, so a new key for each process changes no result.
set_hash_key(int.from_bytes(os.urandom(8), "little"),
             int.from_bytes(os.urandom(8), "little"))


cdef class WordTable:
    """Distinct words with their counts, numbered in the order of their insertion."""

    cdef WordHash words

    def __cinit__(self):
        if not allocate(&self.words):
            raise MemoryError("no memory for the table of words")

    def __dealloc__(self):
        release(&self.words)

    def __len__(self):
        return self.words.size

    cdef int _check_slots(self) except -1:
        if not has_slots(&self.words):
            raise ValueError("the table is finished: it takes no more words")
        return 0

    def memory(self):
        """Return the bytes of memory that the words take."""
        return memory_of(&self.words)

    def scan(self, const uint8_t[::1] data, int32_t[::1] ids, int32_t[::1] ends,
             bint ends_sentence):
        """
        Split `data` at white space, count its words and write their ids.

        Parameters
        ----------
        data : buffer of bytes
            Whole tokens only.
        ids : int32, at least (len(data) + 1) // 2
            Receives the id of each token.
        ends : int32, at least (len(data) + 1) // 2 + 1
            Receives, for each run of line ends, the number of tokens before it.
        ends_sentence : bool
            Whether a sentence ends at the end of `data`.

        Returns
        -------
        tokens, sentences : int
            Number of entries written to `ids` and to `ends`.
        """
        cdef Cursor cursor
        cdef bint in_memory
        cdef int64_t tokens = (data.shape[0] + 1) // 2
        if ids.shape[0] < tokens or ends.shape[0] < tokens + 1:
            raise ValueError(f"{data.shape[0]} bytes need room for {tokens} ids")
        self._check_slots()
        cursor.next = &data[0]
        cursor.end = cursor.next + data.shape[0]
        cursor.ends = &ends[0]
        cursor.tokens = cursor.sentences = 0
        with nogil:
            in_memory = scan_tokens(&self.words, &cursor, &ids[0])
            if ends_sentence:
                end_sentence(&cursor, cursor.tokens)
        if not in_memory:
            raise MemoryError(f"no memory for more than {self.words.size} words")
        return cursor.tokens, cursor.sentences

    def scan_texts(self, const uint8_t[::1] data, const int64_t[::1] starts,
                   const int64_t[::1] stops, int32_t[::1] ids, int32_t[::1] ends):
        """
        Split texts at white space, count their words and write their ids.

        Parameters
        ----------
        data : buffer of bytes
        starts, stops : int64, (texts,)
            Text i is ``data[starts[i]:stops[i]]``. It ends a sentence, and so does a
            line end in it.
        ids : int32
            Receives the id of each token. A text of n bytes needs (n + 1) // 2.
        ends : int32, at least len(ids) + 1
            Receives the number of tokens before each sentence end.

        Returns
        -------
        tokens, sentences : int
            Number of entries written to `ids` and to `ends`.
        """
        cdef Cursor cursor
        cdef Values texts
        cdef int64_t scanned
        if ends.shape[0] <= ids.shape[0]:
            raise ValueError("expected room for one sentence end more than ids")
        self._check_slots()
        set_values(&texts, data, starts, stops)
        cursor.ends = &ends[0]
        cursor.tokens = cursor.sentences = 0
        with nogil:
            scanned = scan_texts(
                &self.words, &cursor, &texts, &ids[0] if ids.shape[0] else NULL,
                ids.shape[0],
            )
        if scanned < 0:
            raise MemoryError(f"no memory for more than {self.words.size} words")
        if scanned < texts.n:
            raise ValueError(f"text {scanned} is not in the buffer, or has no room")
        return cursor.tokens, cursor.sentences

    def count_words(self, const uint8_t[::1] data, const int64_t[::1] starts,
                    const int64_t[::1] stops, int32_t[::1] ids, counts=None):
        """
        Count words that are separate already, and write their ids.

        Parameters
        ----------
        data : buffer of bytes
        starts, stops : int64, (words,)
            Word i is ``data[starts[i]:stops[i]]``, with any white space in it.
        ids : int32, at least (words,)
            Receives the id of each word.
        counts : int64, (words,), optional
            How often each word occurs; once by default.
        """
        cdef Values values
        cdef const int64_t[::1] given
        cdef const int64_t *times = NULL
        cdef int64_t outside
        cdef bint in_memory = True
        set_values(&values, data, starts, stops)
        if counts is not None and values.n:
            given = counts
            times = &given[0]
            if given.shape[0] != values.n:
                raise ValueError(f"{given.shape[0]} counts for {values.n} words")
        if ids.shape[0] < values.n:
            raise ValueError(f"{values.n} ids do not fit {ids.shape[0]} places")
        self._check_slots()
        with nogil:
            outside = first_outside(&values)
            if outside < 0 and values.n:
                in_memory = count_values(&self.words, &values, times, &ids[0])
        if outside >= 0:
            raise ValueError(f"word {outside} is not in the buffer")
        if not in_memory:
            raise MemoryError(f"no memory for more than {self.words.size} words")

    def find_invalid(self, int64_t first, bint strict, bint with_nul=False):
        """
        Return the first word, from `first` on, that is no text, or -1 for none.

        White space is never part of a longer character, so a text is valid if all of
        its words are. Only words that are new need to be checked.

        Parameters
        ----------
        first : int
        strict : bool
            Whether bytes must be UTF-8.
        with_nul : bool, default False
            Whether text may have NUL bytes, as words in lists may.
        """
        cdef int64_t invalid
        if first < 0:
            raise ValueError(f"there is no word {first}")
        with nogil:
            invalid = first_invalid(&self.words, first, strict, with_nul)
        return invalid

    def merge(self, WordTable other, int32_t[::1] mapping):
        """
        Move the words of another table, and their counts, to this one.

        Parameters
        ----------
        other : WordTable
            Empty and finished afterwards; its memory is released meanwhile.
        mapping : int32, (len(other),)
            Receives the id in this table of each word of `other`.
        """
        cdef bint in_memory = True
        if other is self or mapping.shape[0] != other.words.size:
            raise ValueError(f"expected room for {other.words.size} numbers")
        self._check_slots()
        other.finish()
        with nogil:
            if other.words.size:
                in_memory = merge_all(&self.words, &other.words, &mapping[0])
        if not in_memory:
            raise MemoryError(f"no memory for more than {self.words.size} words")

    def add(self, WordTable other, const uint8_t[::1] selected, int32_t[::1] mapping):
        """
        Add some words of another table, and their counts.

        Parameters
        ----------
        other : WordTable
            Not changed.
        selected : uint8, (len(other),)
            1 for each word to add, 0 for others.
        mapping : int32, (len(other),)
            Receives the id in this table of each word of `other`; 0 if not selected.
        """
        cdef bint in_memory = True
        if other is self or not (
            selected.shape[0] == mapping.shape[0] == other.words.size
        ):
            raise ValueError(f"expected room for {other.words.size} numbers")
        self._check_slots()
        with nogil:
            if other.words.size:
                in_memory = add_selected(
                    &self.words, &other.words, &selected[0], &mapping[0]
                )
        if not in_memory:
            raise MemoryError(f"no memory for more than {self.words.size} words")

    def clear(self):
        """Remove all words; the memory stays for others."""
        self._check_slots()
        remove_all(&self.words)

    def copy_hashes(self, uint64_t[::1] hashes):
        """Write a hash of every word, which is the same in every process."""
        if hashes.shape[0] != self.words.size:
            raise ValueError(f"expected room for {self.words.size} hashes")
        with nogil:
            write_hashes(&self.words, hashes)

    def finish(self):
        """Release what serves only to find words: no word can be added any more."""
        free_slots(&self.words)

    def copy_counts(self, int64_t[::1] counts):
        """Write the count of every word."""
        if counts.shape[0] != self.words.size:
            raise ValueError(f"expected room for {self.words.size} counts")
        with nogil:
            write_counts(&self.words, counts)

    def copy_lengths(self, const int64_t[::1] order, int64_t[::1] lengths):
        """Write the lengths in bytes of the words `order`."""
        cdef int64_t written
        if lengths.shape[0] != order.shape[0]:
            raise ValueError(f"expected room for {order.shape[0]} lengths")
        with nogil:
            written = write_lengths(&self.words, order, lengths)
        if written < order.shape[0]:
            raise ValueError(f"there is no word {order[written]}")

    def copy_text(self, const int64_t[::1] order, const int64_t[::1] offsets,
                  uint8_t[::1] text):
        """Write the words `order` to `text`, word ``order[i]`` at ``offsets[i]``."""
        cdef int64_t written
        with nogil:
            written = write_text(&self.words, order, offsets, text)
        if written < order.shape[0]:
            raise ValueError(f"no word {order[written]}, or no room for it")
