"""quality.py stability: all settings are covered, and divergence is noticed."""

import math

import pytest

import w2vfast
from w2vfast.training.parameters import LOSSES


@pytest.mark.parametrize("options", [(), ("--thin",)])
def test_stability_is_finite(corpus, call, options):
    short = ("--corpus", corpus, "--quick", "--dim", 8, *options)
    status, text = call("quality.py", "stability", *short)
    assert status == 0
    assert "12 of 12 settings finite" in text


def test_stability_fails_when_a_run_diverges(corpus, path_to_benchmarks, monkeypatch):
    import quality
    from harness.quality import stability

    def run(corpus, setting, fixed):
        return stability.Row(setting, math.nan, 1.0, 1.0)

    monkeypatch.setattr(stability, "run", run)
    with pytest.raises(SystemExit) as error:
        quality.main(["stability", "--corpus", str(corpus), "--quick"])
    assert error.value.code == 1


def test_stability_covers_the_promised_range(path_to_benchmarks):
    from harness.quality import stability

    settings = list(stability.settings(stability.every()))
    assert len(settings) == 243
    assert len({tuple(setting.items()) for setting in settings}) == 243


@pytest.mark.parametrize("loss", LOSSES)
def test_textbook_trains_every_loss(loss, corpus, path_to_benchmarks, parse):
    from harness.quality import stability

    given = ("--corpus", corpus, "--dim", 8, "--textbook", "--loss", loss)
    fixed = stability.fixed_parameters(parse(stability, *given))
    text = w2vfast.Corpus(corpus, progress=False)
    row = stability.run(text, {"cbow_exact": False}, fixed)
    assert row.finite and fixed["chunk_size"] == 1
    assert (fixed.get("shared_negatives") == 0) == (loss == "negative_sampling")
