"""Next items: last items are held out of training."""

import pytest

from w2vfast import Corpus, Word2Vec
from w2vfast.evaluation import evaluate_next_item
from w2vfast.training.parameters import Parameters
from w2vfast.tuning import NextItemObjective

BASE = Parameters(min_count=1)


def test_last_items_are_not_trained():
    corpus = Corpus([["a", "b", "c"], ["d"], ["a", "e"]])
    trained = NextItemObjective().prepare(corpus, BASE)
    words = trained.words()
    sessions = [
        [words[i] for i in trained.ids[start:stop]]
        for start, stop in zip(trained.offsets, trained.offsets[1:], strict=False)
    ]
    assert sessions == [["a", "b"], ["d"], ["a"]]


def test_scores_are_hit_rates_of_halves(corpus, sentences):
    objective = NextItemObjective(k=3)
    trained = objective.prepare(corpus, BASE)
    model = Word2Vec(trained, vector_size=8, min_count=1, workers=1).train()
    found = evaluate_next_item(model, sentences, 3)
    halves = [objective.score(model), objective.test_score(model)]
    assert sum(halves) / 2 == pytest.approx(found.hit_rate, abs=0.1)
    assert "100 sessions; test: 100 other sessions" in objective.summary()
    everything = NextItemObjective(k=3, test=None)
    everything.prepare(corpus, BASE)
    assert everything.score(model) == pytest.approx(found.hit_rate)
    assert everything.test_score(model) is None
    assert everything.describe() != objective.describe()


def test_few_sessions_are_drawn(corpus):
    objective = NextItemObjective(sessions=10)
    objective.prepare(corpus, BASE)
    assert "5 sessions; test: 5 other sessions" in objective.summary()


def test_wrong_arguments_are_errors():
    with pytest.raises(ValueError, match="expected 'half' or None"):
        NextItemObjective(test="file")
    with pytest.raises(ValueError, match="next items need sessions"):
        NextItemObjective().prepare(Corpus([["a"], ["b", "c"]]), BASE)
