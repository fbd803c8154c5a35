"""Objectives on files: scores, halves, test files."""

import pytest

from w2vfast import Word2Vec
from w2vfast.training.parameters import Parameters
from w2vfast.tuning import AnalogiesObjective, MeanObjective, WordPairsObjective
from w2vfast.tuning.halves import halves

BASE = Parameters(min_count=1)


@pytest.fixture(scope="module")
def model(corpus):
    return Word2Vec(corpus, vector_size=16, min_count=1, workers=1, seed=5).train()


def test_all_pairs_without_a_test(corpus, model, pairs):
    objective = WordPairsObjective(pairs, test=None)
    assert objective.prepare(corpus, BASE) is corpus
    assert objective.score(model) == model.wv.evaluate_word_pairs(pairs).spearman
    assert objective.test_score(model) is None
    assert "12 pairs of pairs.tsv, 12 with known words; no test" in objective.summary()


def test_halves_do_not_depend_on_the_order(pairs, tmp_path):
    lines = pairs.read_text().splitlines()
    other = tmp_path / "other.tsv"
    other.write_text("\n".join(reversed(lines)))
    one, two = WordPairsObjective(pairs), WordPairsObjective(other)
    assert one.describe() == two.describe()
    assert one.describe() != WordPairsObjective(pairs, test=None).describe()


def test_halves_are_disjoint_and_complete():
    one, two = halves(list(range(11)), "numbers")
    assert len(one) == 6 and sorted(one + two) == list(range(11))
    with pytest.raises(ValueError, match="numbers: 9 lines: too few"):
        halves(range(9), "numbers")


def test_a_test_file_and_several_files(corpus, model, pairs):
    objective = WordPairsObjective([pairs, pairs], test=pairs)
    objective.prepare(corpus, BASE)
    assert objective.score(model) == pytest.approx(objective.test_score(model))
    assert "the test is pairs.tsv" in objective.summary()


def test_analogies(corpus, model, analogies):
    objective = AnalogiesObjective(analogies, test=None, topn=3)
    objective.prepare(corpus, BASE)
    expected = model.wv.evaluate_word_analogies(analogies, topn=3)
    assert objective.score(model) == expected.accuracy
    with pytest.raises(ValueError, match="method"):
        AnalogiesObjective(analogies, method="none")


def test_the_mean_of_two_objectives(corpus, model, pairs, analogies):
    parts = [WordPairsObjective(pairs, test=None), AnalogiesObjective(analogies)]
    mean = MeanObjective(parts)
    assert mean.prepare(corpus, BASE) is corpus
    scores = [part.score(model) for part in parts]
    assert mean.score(model) == pytest.approx(sum(scores) / 2)
    assert mean.test_score(model) is None  # one part has no test
    assert "min_count" in mean.excluded and "and" in mean.summary()


def test_mixed_directions_have_no_mean(pairs):
    falling = WordPairsObjective(pairs)
    falling.higher_is_better = False
    for parts in ([], [WordPairsObjective(pairs), falling]):
        with pytest.raises(ValueError, match="all with scores that rise"):
            MeanObjective(parts)


def test_files_without_known_words_are_refused_before_training(corpus, pairs, tmp_path):
    path = tmp_path / "capitals.tsv"
    path.write_text(pairs.read_text().upper())
    with pytest.raises(ValueError, match=r"capitals\.tsv: of 6 pairs none has all"):
        WordPairsObjective(path).prepare(corpus, BASE)
    WordPairsObjective(path, lowercase=True).prepare(corpus, BASE)
