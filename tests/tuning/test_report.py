"""The report: table, gain, test, lines to copy, JSON."""

import json

from w2vfast.tuning import Trial, Tuning

DEFAULTS = Trial(
    1, {"window": 5, "sample": 0.001}, 0.4, 0.41, 2.0, "complete", "", True
)
BETTER = Trial(2, {"window": 9, "sample": 0.000123}, 0.5, 0.45, 3.0, "complete")
PRUNED = Trial(3, {"window": 2, "sample": 0.01}, None, None, 1.0, "pruned")


def tuning(*trials, **changes):
    given = {
        "trials": trials,
        "fixed": {"architecture": "cbow", "shrink_windows": False},
        "score_name": "Spearman",
        "higher_is_better": True,
        "summary": "what was scored",
        "note": "3 trials done",
        "corpus": "my text.txt",
    }
    return Tuning(**given | changes)


def test_table_is_sorted_by_score():
    lines = str(tuning(DEFAULTS, PRUNED, BETTER)).splitlines()
    assert lines[0] == "what was scored"
    assert lines[2].split() == ["trial", "Spearman", "window", "sample", "seconds"]
    assert [line.split()[:2] for line in lines[3:6]] == [
        ["2", "0.5000"],
        ["1", "0.4000"],
        ["3", "pruned"],
    ]
    assert lines[4].endswith("2.0  defaults")
    assert "3 trials done" in lines


def test_gain_is_beside_the_test():
    text = str(tuning(DEFAULTS, BETTER))
    assert "0.5000 instead of 0.4000 (+0.1000)" in text
    assert "on the test: 0.4500 instead of 0.4100 (+0.0400)" in text
    assert "expect a smaller gain" in text


def test_gain_that_the_test_does_not_show():
    worse = Trial(2, {"window": 9}, 0.5, 0.40, 3.0, "complete")
    assert "The test shows no gain: keep the defaults" in str(tuning(DEFAULTS, worse))
    untested = Trial(2, {"window": 9}, 0.5, None, 3.0, "complete")
    text = str(tuning(DEFAULTS, untested))
    assert "expect a smaller gain" in text and "on the test" not in text


def test_lower_losses_are_gains():
    result = tuning(DEFAULTS, BETTER, higher_is_better=False)
    assert result.best is DEFAULTS and result.gain == 0
    assert "No trial is better than the defaults." in str(result)
    better = Trial(2, {"window": 9}, 0.3, 0.35, 3.0, "complete")
    result = tuning(DEFAULTS, better, higher_is_better=False)
    assert round(result.gain, 6) == 0.1 and round(result.test_gain, 6) == 0.06


def test_lines_to_copy():
    text = str(tuning(DEFAULTS, BETTER))
    assert (
        "Word2Vec('my text.txt', architecture='cbow', shrink_windows=False, window=9, "
        "sample=0.000123).train()"
    ) in text
    assert (
        "w2vfast train 'my text.txt' --output vectors.w2v --architecture cbow "
        "--no-shrink-windows --window 9 --sample 0.000123"
    ) in text
    negative = Trial(2, {"ns_exponent": -0.5}, 0.9, None, 3.0, "complete")
    assert "--ns-exponent=-0.5" in str(tuning(negative))


def test_no_trial_and_no_defaults():
    assert str(tuning()) == "what was scored\nno trial yet"
    assert tuning().parameters == tuning().fixed
    assert "The defaults have no score yet" in str(tuning(BETTER))


def test_json_has_test_scores_of_best_and_defaults_only():
    found = json.loads(json.dumps(tuning(DEFAULTS, BETTER, PRUNED).as_dict()))
    assert found["best"]["test"] == 0.45 and found["default"]["test"] == 0.41
    assert [t["outcome"] for t in found["trials"]] == ["complete", "complete", "pruned"]
    assert not any("test" in trial for trial in found["trials"])
    assert found["parameters"]["window"] == 9 and found["command"].startswith("w2vfast")


def test_repr_is_short():
    shown = repr(tuning(DEFAULTS, PRUNED, BETTER))
    assert shown == (
        "<Tuning: 3 trials, best Spearman 0.5000, gain 0.1000; print shows the table>"
    )
    assert repr(tuning(PRUNED)).startswith("<Tuning: 1 trial, none complete; print")
