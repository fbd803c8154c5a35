"""Layouts of word-pair files and analogy files."""

import pytest

from w2vfast.io.evaluation_files import read_analogies, read_word_pairs

PAIRS = [("love", "sex", 6.77), ("tiger", "cat", 7.35)]


@pytest.mark.parametrize(
    "text",
    [
        "love\tsex\t6.77\ntiger\tcat\t7.35\n",
        "love,sex,6.77\ntiger,cat,7.35",
        "love;sex;6.77\ntiger; cat; 7.35\n",
        "love sex 6.77\r\ntiger   cat  7.35\r\n",
        "# comment\n\nWord 1\tWord 2\tHuman (mean)\nlove\tsex\t6.77\ntiger\tcat\t7.35",
        "Word 1,Word 2,Human (mean)\nlove,sex,6.77\ntiger,cat,7.35\n",
        "\ufefflove\tsex\t6.77\ntiger\tcat\t7.35\n",
    ],
    ids=["tab", "comma", "semicolon", "space", "comments", "header", "byte order mark"],
)
def test_layouts_of_word_pairs(tmp_path, text):
    path = tmp_path / "pairs"
    path.write_text(text, encoding="utf-8")
    assert read_word_pairs(path) == PAIRS


def test_words_with_spaces_between_tabs(tmp_path):
    path = tmp_path / "pairs"
    path.write_text("New York\tParis\t5\nice, cream\tice\t6\n")
    assert read_word_pairs(path) == [("New York", "Paris", 5), ("ice, cream", "ice", 6)]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a\tb\t1\na\tc\n", 2),
        ("a b 1\na c x\n", 2),
        ("a\tb\t6,77\na\tc\t1,5\n", 1),
        ("word word score\n", 1),
        ("word word score\nword word score\n", 2),
        ("a b inf\n", 1),
        ("a,,1\n", 1),
        ("old\tnew\tA\t1.58\t7.25\n", 1),
    ],
)
def test_malformed_word_pairs(tmp_path, text, line):
    path = tmp_path / "pairs"
    path.write_text(text)
    with pytest.raises(ValueError, match=f"pairs, line {line}: expected word<tab>"):
        read_word_pairs(path)


@pytest.mark.parametrize(
    "text",
    [
        "capital\tAthens\tGreece\tOslo\tNorway\nfamily\tboy\tgirl\tson\tdaughter\n",
        ": capital\nAthens Greece Oslo Norway\n: family\nboy girl son daughter\n",
        "\ufeff: capital\n# comment\n\nAthens  Greece Oslo Norway\r\n"
        ":family\r\nboy girl son daughter",
    ],
    ids=["tab", "google", "spaces and comments"],
)
def test_layouts_of_analogies(tmp_path, text):
    path = tmp_path / "questions"
    path.write_text(text, encoding="utf-8")
    assert read_analogies(path) == [
        ("capital", ["Athens", "Greece", "Oslo", "Norway"]),
        ("family", ["boy", "girl", "son", "daughter"]),
    ]
