"""Damage bytes at random: the built-in alternative to a coverage-guided fuzzer."""

from __future__ import annotations

import random

#: Text and numbers that readers may take for a size.
TOKENS = (
    b"-1", b"0", b"1e400", b"9" * 19, b"9" * 40, b"1_0", b"\xd9\xa3", b"nan", b"inf", b" ",
    b"\n", b"\t", b"\r\n", b"\0", b"\xef\xbb\xbf", b"\xff\xfe", b"[" * 2000, b'{"a":' * 2000,
    b"\x80\x04", b"PK\x03\x04", b"\x93NUMPY", b"\xc2\x85", b"0x10", b"1e5", b"-0", b",",
    *((n % 2**64).to_bytes(8, "little") for n in (-1, 2**31, 2**32, 2**62, 2**63)),
    *((n % 2**32).to_bytes(4, "little") for n in (-1, 2**16, 2**31 - 1, 2**31, 10**6)),
)  # fmt: skip


def mutate(data: bytes, drawn: random.Random) -> bytes:
    """Return a damaged copy, with one to eight changes."""
    changed = bytearray(data)
    for _ in range(drawn.choice([1, 1, 2, 4, 8])):
        drawn.choice(CHANGES)(changed, drawn)
    return bytes(changed[: 1 << 20])


def flip_bit(data: bytearray, drawn: random.Random) -> None:
    """Flip one bit."""
    if data:
        data[drawn.randrange(len(data))] ^= 1 << drawn.randrange(8)


def set_byte(data: bytearray, drawn: random.Random) -> None:
    """Replace one byte."""
    if data:
        data[drawn.randrange(len(data))] = drawn.randrange(256)


def truncate(data: bytearray, drawn: random.Random) -> None:
    """Cut the end."""
    del data[drawn.randrange(len(data) + 1) :]


def delete(data: bytearray, drawn: random.Random) -> None:
    """Delete a range."""
    start = drawn.randrange(len(data) + 1)
    del data[start : start + drawn.choice([1, 2, 4, 8, 100])]


def duplicate(data: bytearray, drawn: random.Random) -> None:
    """Repeat a range, sometimes many times."""
    start = drawn.randrange(len(data) + 1)
    part = data[start : start + drawn.choice([1, 4, 16, 200])]
    data[start:start] = part * drawn.choice([1, 1, 2, 50])


def insert_token(data: bytearray, drawn: random.Random) -> None:
    """Insert something that readers may take for a size."""
    start = drawn.randrange(len(data) + 1)
    data[start:start] = drawn.choice(TOKENS)


def replace_with_token(data: bytearray, drawn: random.Random) -> None:
    """Write something over the data that readers may take for a size."""
    token = drawn.choice(TOKENS)
    start = drawn.randrange(len(data) + 1)
    data[start : start + len(token)] = token


def replace_number(data: bytearray, drawn: random.Random) -> None:
    """Replace a run of digits."""
    digits = [i for i, byte in enumerate(data) if 48 <= byte <= 57]
    if digits:
        start = end = drawn.choice(digits)
        while end < len(data) and 48 <= data[end] <= 57:
            end += 1
        data[start:end] = drawn.choice(TOKENS)


CHANGES = (
    flip_bit,
    set_byte,
    truncate,
    delete,
    duplicate,
    insert_token,
    replace_with_token,
    replace_number,
)
