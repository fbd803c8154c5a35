"""A space of few settings: each is tried once, and then the search ends."""

import pytest

from w2vfast.tuning import Choice, FunctionObjective, Real, Tuner, Whole
from w2vfast.tuning.settings import n_settings, untried
from w2vfast.tuning.trial import Trial

QUICK = {"min_count": 1, "workers": 1, "progress": False, "prune": False}
FIXED = {"sample": 0, "vector_size": 8, "ns_exponent": 0.75}


def near(model):
    return model.wv.similarity("sun", "moon")


def trial(outcome="complete", **parameters):
    return Trial(1, parameters, None, None, 0.0, outcome)


def test_settings_are_listed_unless_they_are_many():
    space = {"cbow_mean": Choice((True, False)), "window": Whole(2, 4)}
    assert n_settings(space) == 6
    done = [trial(cbow_mean=True, window=w) for w in (2, 3, 4, 9)]
    done.append(trial("stopped", cbow_mean=False, window=2))
    done.append(trial("pruned", cbow_mean=False, window=3))
    assert [s["window"] for s in untried(space, done)] == [2, 4]
    assert untried(space | {"alpha": Real(0.1, 0.2)}, []) is None
    assert untried(space | {"vector_size": Whole(1, 10**6)}, []) is None


@pytest.mark.parametrize("window, expected", [([3], 1), ((4, 6), 3), ([2, 5, 6], 3)])
def test_a_search_ends_when_all_settings_are_tried(corpus, window, expected):
    models = []

    def score(model):
        models.append(model)
        return near(model)

    fixed = FIXED | {"epochs": 1}
    search = Tuner(
        corpus, FunctionObjective(score), space={"window": window}, **QUICK, **fixed
    )
    result = search.run("60s")
    assert len(models) == len(result.trials) == expected
    found = [trial.parameters["window"] for trial in result.trials]
    assert len(set(found)) == expected and result.note.endswith("all tried")
    assert [trial.number for trial in result.trials] == [*range(1, expected + 1)]
    assert len(search.run("60s").trials) == expected


def test_a_study_that_is_exhausted_ends_at_once(corpus, tmp_path):
    given = {"space": {"window": (4, 6)}, "study": tmp_path / "study", "epochs": 1}
    first = Tuner(corpus, near, **given, **QUICK, **FIXED).run(None, 2)
    second = Tuner(corpus, near, **given, **QUICK, **FIXED).run(None, 50)
    assert (len(first.trials), len(second.trials)) == (2, 3)
    assert second.note == "3 settings of the space, all tried"


@pytest.mark.parametrize("shuffle", [False, True])
def test_a_study_names_another_order_of_sentences(corpus, tmp_path, shuffle):
    given = {"space": {"window": (4, 6)}, "study": tmp_path / "study", "epochs": 1}
    given |= QUICK | FIXED
    search = Tuner(corpus, near, **given, shuffle=shuffle)
    search.run(None, 1)
    assert search._plan.parameters({"window": 5}).shuffle is shuffle
    message = f"shuffle={shuffle} before, shuffle={not shuffle} now"
    with pytest.raises(ValueError, match=message):
        Tuner(corpus, near, **given, shuffle=not shuffle)
