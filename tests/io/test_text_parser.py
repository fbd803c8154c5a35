"""The compiled parser and writer of text give Python's numbers, bit by bit."""

from decimal import Decimal, localcontext

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from w2vfast.io._text_parser import count_lines, find_lines, parse_lines
from w2vfast.io._text_writer import format_rows, text_bytes

FLOAT32 = np.finfo(np.float32)


def parse(numbers):
    data = b"".join(b"w " + number + b"\n" for number in numbers)
    starts = np.empty(count_lines(data) + 1, np.int64)
    find_lines(data, starts)
    vectors = np.empty((len(numbers), 1), np.float32)
    keys = np.empty((len(numbers), 2), np.int64)
    stop = parse_lines(data, starts, 0, len(numbers), vectors, keys)
    assert stop == len(numbers), numbers[stop]
    return vectors[:, 0]


def expected(numbers):
    with np.errstate(over="ignore"):
        return np.array([float(number) for number in numbers]).astype(np.float32)


def assert_same(numbers):
    got, right = parse(numbers).view(np.uint32), expected(numbers).view(np.uint32)
    wrong = np.flatnonzero(got != right)
    assert not len(wrong), [numbers[i] for i in wrong[:5]]


def write(values):
    rows = np.asarray(values, np.float32)[:, None].copy()
    out = np.empty(text_bytes(0, len(rows), 1), np.uint8)
    length = format_rows(rows, b"", np.zeros(len(rows) + 1, np.int64), out)
    return out[:length].tobytes().split(b"\n")[:-1]


def floats(n, seed=0):
    """Return finite float32 of every kind: random bits, subnormal, near powers."""
    rng = np.random.default_rng(seed)
    bits = rng.integers(0, 2**32, n, np.uint32).view(np.float32)
    subnormal = rng.integers(0, 2**23, n // 8, np.uint32).view(np.float32)
    usual = rng.normal(size=n // 2).astype(np.float32) / 10
    powers = np.array([10.0**e for e in range(-45, 39)]).astype(np.float32)
    edges = [np.nextafter(powers, np.float32(x)) for x in (0, FLOAT32.max)]
    whole = np.arange(70000, dtype=np.float32) / np.float32(rng.integers(1, 1025))
    zeros = np.array([0.0, -0.0], np.float32)
    parts = (bits, subnormal, usual, powers, *edges, whole, zeros)
    return np.concatenate([part[np.isfinite(part)] for part in parts])


def test_written_numbers_equal_the_format_9g():
    values = floats(200_000)
    values = np.concatenate([values, -values])
    assert write(values) == [b"%.9g" % value for value in values.tolist()]


def test_non_finite_numbers_are_written_like_python():
    assert write([np.nan, np.inf, -np.inf]) == [b"nan", b"inf", b"-inf"]


def test_written_numbers_are_read_back():
    values = floats(200_000, seed=1)
    assert parse(write(values)).tobytes() == values.tobytes()


def test_numbers_in_full_double_precision():
    rng = np.random.default_rng(2)
    values = rng.normal(size=200_000) * 10.0 ** rng.integers(-46, 39, 200_000)
    assert_same([repr(value).encode() for value in values.tolist()])


def test_numbers_halfway_between_two_floats():
    numbers = []
    with localcontext() as context:
        context.prec = 200
        for value in floats(3000, seed=3)[:4000].tolist():
            above = float(np.nextafter(np.float32(value), np.float32(np.inf)))
            if np.isfinite(above):
                middle = (Decimal(value) + Decimal(above)) / 2
                numbers.append(format(middle, "e").encode())
                nearby = middle * (1 + Decimal(10) ** -18)
                numbers.append(format(nearby, ".25e").encode())
    assert_same(numbers)


@given(
    st.lists(
        st.from_regex(
            rb"[-+]?([0-9]{1,25}\.?[0-9]{0,25}|\.[0-9]{1,25})([eE][-+]?[0-9]{1,3})?",
            fullmatch=True,
        ),
        min_size=1,
    )
)
def test_any_decimal_number(numbers):
    assert_same(numbers)


def test_special_numbers():
    got = parse(
        [b"nan", b"-INF", b"Infinity", b"1e400", b"1e-400", b"-1e-999999999999"]
    )
    assert np.isnan(got[0])
    assert got[1:].tolist() == [-np.inf, np.inf, np.inf, 0, -0.0]


@pytest.mark.parametrize(
    "number",
    [b"", b"-", b".", b"1_0", b"0x10", b"1e", b"1e+", b"1,5", b"1.2.3", b"nano", b"1f"],
)
def test_what_is_no_number_is_rejected(number):
    line = b"w " + number
    starts = np.array([0, len(line)], np.int64)
    vectors, keys = np.empty((1, 1), np.float32), np.empty((1, 2), np.int64)
    assert parse_lines(line, starts, 0, 1, vectors, keys) == 0


def test_arrays_that_do_not_fit_are_rejected():
    vectors, keys = np.empty((1, 1), np.float32), np.empty((1, 2), np.int64)
    for starts, last in [([0, 99], 1), ([-1, 3], 1), ([0, 3], 2), ([3, 0], 1)]:
        with pytest.raises(ValueError, match="line"):
            parse_lines(b"a 1", np.array(starts, np.int64), 0, last, vectors, keys)
    with pytest.raises(ValueError, match="too few"):
        offsets = np.zeros(2, np.int64)
        format_rows(np.ones((1, 1), np.float32), b"", offsets, np.empty(3, np.uint8))
    with pytest.raises(ValueError, match="outside"):
        offsets = np.array([0, 9], np.int64)
        format_rows(np.ones((1, 1), np.float32), b"", offsets, np.empty(99, np.uint8))


def test_empty_arrays_are_neither_read_nor_written():
    vectors, keys = np.full((1, 1), 7, np.float32), np.full((1, 2), 7, np.int64)
    zeros = np.zeros(2, np.int64)
    assert count_lines(b"") == 0
    find_lines(b"", starts := np.full(1, -7, np.int64))
    assert starts.tolist() == [0]
    assert parse_lines(b"a 1", np.array([0, 3]), 0, 0, vectors, keys) == 0
    assert parse_lines(b"", zeros, 0, 1, vectors, keys) == 0  # no number in line 0
    assert (vectors == 7).all()
    assert (keys == 7).all()
    nothing = np.empty((0, 1), np.float32)
    assert format_rows(nothing, b"", zeros[:1], np.empty(0, np.uint8)) == 0


@pytest.mark.parametrize(
    ("starts", "rows", "dimensions", "names"),
    [
        ([0, 3], 0, 1, 1),
        ([0, 3], 1, 1, 0),
        ([0, 3], 1, 0, 1),
        ([0], 1, 1, 1),
    ],
)
def test_lines_without_room_are_rejected(starts, rows, dimensions, names):
    vectors = np.empty((rows, dimensions), np.float32)
    keys = np.empty((names, 2), np.int64)
    with pytest.raises(ValueError, match="lines 0 to 1 do not fit"):
        parse_lines(b"a 1", np.array(starts, np.int64), 0, 1, vectors, keys)


def test_wrong_numbers_of_items_are_rejected():
    with pytest.raises(ValueError, match="starts is empty"):
        find_lines(b"a 1", np.empty(0, np.int64))
    out, offsets = np.empty(99, np.uint8), np.zeros(2, np.int64)
    for shape in [(2, 1), (0, 1), (1, 0)]:
        with pytest.raises(ValueError, match="2 offsets for"):
            format_rows(np.ones(shape, np.float32), b"", offsets, out)


@pytest.mark.parametrize(
    ("line", "key", "numbers"),
    [
        (b"a 1 2", b"a", [1, 2]),
        (b"new york 1 2", b"new york", [1, 2]),
        (b"1 2 3", b"1", [2, 3]),
        (b"  a 1 2", b"a", [1, 2]),
        (b"a 1 2 3", None, None),
        (b"new york 1", None, None),
        (b"1 2", None, None),
        (b"a 1", None, None),
        (b"a", None, None),
        (b"", None, None),
        (b"a b 1 x", None, None),
        (b"a 1 2 ", b"a", [1, 2]),
    ],
)
def test_keys_may_have_spaces_but_the_last_fields_are_numbers(line, key, numbers):
    vectors, keys = np.empty((1, 2), np.float32), np.empty((1, 2), np.int64)
    starts = np.array([0, len(line)], np.int64)
    read = parse_lines(line, starts, 0, 1, vectors, keys)
    assert read == (key is not None), (read, keys, vectors)
    if key is not None:
        assert line[slice(*keys[0])] == key
        assert vectors[0].tolist() == numbers
