"""Words in any script, with markup, formulas or control characters."""

import warnings

import matplotlib
import pytest

from w2vfast.viz import fonts, shaping
from w2vfast.viz.captions import FontWarning, captions

#: Letters of a script for private use, which no font of the tests has.
UNKNOWN = "\U000f1234"


def test_words_without_a_font_show_their_row_and_warn_once(make_vectors, labels):
    wv = make_vectors(["king", UNKNOWN, f"a{UNKNOWN}", "Ωmega", "дом"])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        ax = wv.plot(groups={"known": ["king"], UNKNOWN: wv.index_to_key[1:]})
        ax.figure.canvas.draw()
    assert [w.category for w in caught] == [FontWarning]
    assert caught[0].filename == __file__
    assert "no installed font can draw" in str(caught[0].message)
    assert labels(ax) == ["king", "#1", "#2", "Ωmega", "дом"]
    assert ax.get_legend().get_texts()[1].get_text() == "?"


def test_another_font_is_chosen_for_missing_characters(monkeypatch):
    monkeypatch.setitem(matplotlib.rcParams, "font.family", ["cmr10"])
    found = fonts.find_fonts(["ж"])
    assert found.families[0] == "cmr10" and len(found.families) == 2
    assert not found.missing and "Last Resort" not in found.families[1]


def test_words_are_drawn_as_text(make_vectors, labels):
    words = ["$5 x_$", "two\nlines", "", "x" * 90, "<script>", "\udcff"]
    wv = make_vectors(words)
    expected = ["$5 x_$", "two\\nlines", "''", "x" * 39 + "…", "<script>", "\\udcff"]
    ax = wv.plot()
    ax.figure.canvas.draw()
    assert labels(ax) == expected
    wv.plot_neighbours("$5 x_$").figure.canvas.draw()


@pytest.mark.parametrize(("version", "count"), [((3, 11, 0), 0), ((3, 10, 9), 1)])
def test_older_versions_of_matplotlib_warn_of_shaped_scripts(
    monkeypatch, version, count
):
    monkeypatch.setattr(matplotlib, "__version_info__", version)
    assert shaping.scripts_drawn_wrongly(["king", "中"]) == []
    assert shaping.scripts_drawn_wrongly(["שלום"]) == ["HEBREW"] * count
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        captions(["سلام"])
    assert len(caught) == count
