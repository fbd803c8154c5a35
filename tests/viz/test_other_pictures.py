"""Neighbours, graphs, losses, charts, and tables for notebooks."""

import numpy as np
import pytest

from w2vfast import Corpus, EarlyStopping, KeyedVectors, Word2Vec

TEXT = [["the", "quick", "fox"], ["the", "lazy", "<script>"]] * 40


@pytest.fixture(scope="module")
def trained():
    stop = EarlyStopping("held_out_loss", corpus=TEXT[:10], patience=9)
    model = Word2Vec(TEXT, vector_size=8, min_count=1, epochs=3, workers=1, sample=0)
    return model.train(callbacks=stop), stop


def test_bars_are_the_cosines_of_most_similar(wv):
    ax = wv.plot_neighbours("word3", topn=4)
    expected = wv.most_similar("word3", topn=4)
    assert [tick.get_text() for tick in ax.get_yticklabels()] == [
        w for w, _ in expected
    ]
    np.testing.assert_allclose(
        [b.get_width() for b in ax.patches], [c for _, c in expected]
    )
    with pytest.raises(KeyError, match="'wrd3' is not among"):
        wv.plot_neighbours("wrd3")
    with pytest.raises(ValueError, match="has no neighbours"):
        KeyedVectors(["a"], np.ones((1, 2))).plot_neighbours("a")


def test_neighbourhood_joins_neighbours(wv, labels):
    ax = wv.plot_neighbourhood("word3", topn=3, spread=2)
    near = [word for word, _ in wv.most_similar("word3", topn=3)]
    assert labels(ax)[:4] == ["word3", *near]
    star = wv.plot_neighbourhood("word3", topn=3, spread=0)
    assert labels(star) == ["word3", *near]
    with pytest.raises(ValueError, match="spread=-1"):
        wv.plot_neighbourhood("word3", spread=-1)


def test_losses_and_rate_by_epoch(trained):
    model, stop = trained
    ax = model.plot_loss(stop)
    training, held_out = (line for line in ax.lines if len(line.get_xdata()) == 3)
    assert training.get_ydata().tolist() == model.loss_history
    assert held_out.get_ydata().tolist() == stop.history
    (rate,) = ax.figure.axes[1].lines
    p = model.parameters
    np.testing.assert_allclose(
        rate.get_xydata(), [[0.5, p.initial_alpha], [3.5, p.min_alpha]]
    )
    assert len(model.plot_loss([2.0, model.evaluate_loss(TEXT)]).lines) == 2
    with pytest.raises(ValueError, match="4 values for 3 trained epochs"):
        model.plot_loss([1.0] * 4)
    with pytest.raises(TypeError, match="expected EarlyStopping"):
        model.plot_loss(["x"])
    with pytest.raises(ValueError, match=r"no complete epoch.*call train first"):
        Word2Vec(TEXT, vector_size=8, min_count=1).plot_loss()


def test_chart_shows_neighbours(wv):
    chart = wv.plot(groups={"few": ["word1"]}, top=4, interactive=True)
    assert "text/html" in chart._repr_mimebundle_()
    records = chart.to_dict()["data"]["values"]  # both layers share them
    assert {r["word"]: r["group"] for r in records}["word0"] == "(no group)"
    near = [word for word, _ in wv.most_similar("word1", topn=5)]
    assert records[0]["nearest"] == ", ".join(near)


def test_words_of_a_chart_cannot_inject_markup(make_vectors):
    bad = "</script><script>alert(1)</script>"
    wv = make_vectors(["king", bad, "queen"])
    pairs, groups = [("king", "queen")], {bad: ["king"], "x": [bad]}
    page = wv.plot(pairs=pairs, groups=groups, interactive=True).to_html()
    plain = wv.plot(["king", "queen"], interactive=True).to_html()
    assert "alert(1)" in page
    assert page.count("<script") == plain.count("<script")
    assert page.count("</script") == plain.count("</script")


def test_tables_for_notebooks_escape_words(trained):
    model, _ = trained
    corpus = Corpus(TEXT)
    for shown in (model, model.wv, corpus):
        html = shown._repr_html_()
        assert "<script>" not in html and "&lt;script&gt;" in html
    html = model._repr_html_()
    assert f"{model.loss_history[-1]:.4f}" in html and "skipgram" in html
    assert "<td>3 trained</td>" in html
    assert "the (80)" in corpus._repr_html_()
    corpus.close()
    assert "closed" in corpus._repr_html_()
    assert "0 trained" in Word2Vec(TEXT, vector_size=8, min_count=1)._repr_html_()
