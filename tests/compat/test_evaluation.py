"""Word pairs and analogies with scores computed by hand; gensim is not needed.

`test_same_answers.py` compares more options with gensim, if it is installed.
"""

import logging

import numpy as np
import pytest

from w2vfast.compat.gensim import KeyedVectors

ROWS = {
    "man": [1, 0, 0],
    "woman": [0, 1, 0],
    "king": [1, 0, 1],
    "queen": [0, 1, 1],
    "tea": [-1, -1, 0.2],
    "KING": [1, 0.1, 1],
}


@pytest.fixture
def people():
    wv = KeyedVectors(3)
    wv.add_vectors(list(ROWS), np.array(list(ROWS.values()), float))
    return wv


@pytest.fixture
def write(tmp_path):
    """Return a function: lines → the path of a file."""

    def to_file(*lines):
        path = tmp_path / "file.txt"
        path.write_text("\n".join(lines) + "\n", "utf-8")
        return path

    return to_file


@pytest.mark.parametrize("dummy", [False, True])
def test_pairs_are_correlated_with_cosines(people, write, caplog, dummy):
    caplog.set_level(logging.INFO)
    path = write(
        "# words", "man\tking\t7", "man\twoman\t2", "man\ttea\t1", "", "man\tking",
        "man\tking\tmuch", "king\tqueen\t6", "man\tcoffee\t9",
    )  # fmt: skip
    pearson, spearman, unknown = people.evaluate_word_pairs(path, dummy4unknown=dummy)
    cosines = [0.5**0.5, 0, -1 / 2.04**0.5, 0.5] + [0] * dummy
    scores = [7, 2, 1, 6] + [9] * dummy
    assert pearson[0] == pytest.approx(np.corrcoef(cosines, scores)[0, 1], abs=1e-6)
    ranks = [4, 2, 1, 3] if not dummy else [5, 2.5, 1, 4, 2.5]
    of_scores = [4, 2, 1, 3] + [5] * dummy
    assert spearman[0] == pytest.approx(np.corrcoef(ranks, of_scores)[0, 1])
    assert unknown == 20
    skipped = [r.getMessage() for r in caplog.records if "skipping" in r.getMessage()]
    assert len(skipped) == 2


def test_pairs_read_other_delimiters_and_cases(people, write):
    path = write("man,king,7", "man,woman,2", "MAN,tea,1")
    exact = people.evaluate_word_pairs(path, delimiter=",", case_insensitive=False)
    assert exact[2] == pytest.approx(100 / 3)
    assert people.evaluate_word_pairs(path, delimiter=",")[2] == 0
    few = people.evaluate_word_pairs(path, delimiter=",", restrict_vocab=4)
    assert few[2] == pytest.approx(100 / 3)


def test_too_few_pairs_and_other_encodings_are_refused(people, write):
    path = write("man\tking\t7", "man\tcoffee\t2")
    with pytest.raises(ValueError, match=r"1 pair with vectors.* at least 2"):
        people.evaluate_word_pairs(path)
    with pytest.raises(ValueError, match="convert the file to UTF-8"):
        people.evaluate_word_pairs(path, encoding="latin-1")


@pytest.mark.parametrize("function", ["most_similar", "most_similar_cosmul"])
def test_analogies_are_counted_by_section(people, write, caplog, function):
    caplog.set_level(logging.INFO)
    path = write(
        ": royal", "man king woman queen", "man king queen woman", "one two", "",
        ": drinks", "Man King Woman Tea", "man king woman coffee",
    )  # fmt: skip
    score, report = people.evaluate_word_analogies(path, similarity_function=function)
    assert score == pytest.approx(2 / 3)
    right = [("MAN", "KING", "WOMAN", "QUEEN"), ("MAN", "KING", "QUEEN", "WOMAN")]
    wrong = [("MAN", "KING", "WOMAN", "TEA")]
    assert report == [
        {"section": "royal", "correct": right, "incorrect": []},
        {"section": "drinks", "correct": [], "incorrect": wrong},
        {"section": "Total accuracy", "correct": right, "incorrect": wrong},
    ]
    assert "Skipping invalid line: one two" in caplog.text
    unknown = people.evaluate_word_analogies(
        path, dummy4unknown=True, similarity_function=function
    )
    assert unknown[0] == pytest.approx(2 / 4)


def test_words_that_differ_in_case_are_not_answers(people, write):
    """KING is near king; both are the word b of the question."""
    path = write(": section", "man king man queen")
    assert people.evaluate_word_analogies(path)[1][0]["correct"]
    none = people.evaluate_word_analogies(path, restrict_vocab=2)
    assert (none[0], none[1][-1]["incorrect"]) == (0, [])


def test_wrong_analogy_calls_are_refused(people, write):
    with pytest.raises(ValueError, match="similarity_function='cosine': expected"):
        people.evaluate_word_analogies(write(": s"), similarity_function="cosine")
    with pytest.raises(ValueError, match="Missing section header"):
        people.evaluate_word_analogies(write("man king woman queen"))
