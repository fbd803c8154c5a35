"""Keys as bytes: a round trip, and rejection of damaged arrays."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from w2vfast.io.key_encoding import pack_keys, unpack_keys


@given(st.lists(st.binary(max_size=9)))
def test_unpack_keys_inverts_pack_keys(words):
    keys = [word.decode("utf-8", "surrogateescape") for word in words]
    key_bytes, offsets = pack_keys(keys)
    assert unpack_keys(key_bytes, offsets) == keys
    assert key_bytes.tobytes() == b"".join(words)


@pytest.mark.parametrize(
    ("key_bytes", "offsets"),
    [
        (np.zeros(3, np.uint8), np.array([0, 2], np.int64)),
        (np.zeros(3, np.uint8), np.array([1, 3], np.int64)),
        (np.zeros(3, np.uint8), np.array([0, 4, 2, 3], np.int64)),
        (np.zeros(3, np.uint8), np.array([0, -1, 3], np.int64)),
        (np.zeros(3, np.uint8), np.array([0, 2, 1, 3], np.int64)),
        (np.zeros(3, np.uint8), np.array([0, 3], np.int32)),
        (np.zeros(3, np.uint8), np.array([], np.int64)),
        (np.zeros(3, np.uint8), np.array([[0, 3]], np.int64)),
        (np.zeros(3, np.int8), np.array([0, 3], np.int64)),
        (np.zeros((1, 3), np.uint8), np.array([0, 3], np.int64)),
    ],
)
def test_inconsistent_bytes_and_offsets_are_rejected(key_bytes, offsets):
    with pytest.raises(ValueError, match="key"):
        unpack_keys(key_bytes, offsets)


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=4)))
def test_keys_with_characters_of_several_bytes(keys):
    assert unpack_keys(*pack_keys(keys)) == keys


def test_a_key_that_begins_within_a_character_stays_apart():
    key_bytes = np.frombuffer("é".encode(), np.uint8)
    keys = unpack_keys(key_bytes, np.array([0, 0, 1, 2, 2]))
    assert keys == ["", "\udcc3", "\udca9", ""]
