"""`w2vfast demo`, on the bundled King James text."""

import re

from w2vfast.cli.main import main


def test_demo_prints_related_words(capsys):
    assert main(["demo", "--no-progress"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert "789,684 words in 31,102 verses" in out
    losses = [float(loss) for loss in re.findall(r"loss (\d\.\d{4})", out)]
    assert len(losses) == 10 and losses[-1] < 0.85 * losses[0]
    assert re.search(r"\d\.\d s, [\d,]+ words/s", out)
    for word, neighbour in (("wisdom", "understanding"), ("sword", "pestilence")):
        assert re.search(rf"^  {word} +.*\b{neighbour} 0\.\d\d", out, re.MULTILINE)


def test_demo_accepts_training_parameters(capsys):
    given = ["--architecture=cbow", "--epochs=1", "--vector-size=16", "--seed=2"]
    assert main(["demo", *given, "--min-count=20000"]) == 0
    out = capsys.readouterr().out
    assert "Training cbow, 16 dimensions, 1 epoch," in out and "king " not in out
    assert main(["demo", "--help"]) == 0
    assert "(default 10)" in capsys.readouterr().out
