"""Aligned and tab-separated tables."""

from w2vfast.runtime.text_table import aligned, printable, tab_separated, width

TABLE = [["word", "cosine"], ["日本", "0.5"], ["cafe\u0301", "-0.25"]]


def test_columns_are_aligned_by_the_columns_of_a_terminal():
    assert aligned(TABLE, n_names=1).splitlines() == [
        "word  cosine",
        "日本     0.5",
        "cafe\u0301   -0.25",
    ]
    assert {width(line) for line in aligned(TABLE, n_names=1).splitlines()} == {12}


def test_numbers_are_aligned_to_the_right():
    assert aligned([["a", "10"], ["bcd", "9"]]) == "  a  10\nbcd   9"


def test_tabs_separate_cells_and_only_cells():
    assert tab_separated([["a\tb", "c\r\n"]]) == "a\\tb\tc\\r\\n"


def test_control_characters_become_escapes_and_scripts_stay():
    assert printable("\x00\x1b[0m\x7f\u2028\u2066") == r"\x00\x1b[0m\x7f\u2028\u2066"
    kept = "naïve שלום می\u200cخواهم 👩\u200d🔬 \\n"
    assert printable(kept) == kept
