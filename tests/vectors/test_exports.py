"""Tables of other libraries, HTML, and errors if a library is missing."""

import sys

import numpy as np
import pytest

from w2vfast.keyedvectors import KeyedVectors


@pytest.fixture
def wv():
    rows = np.random.default_rng(0).normal(size=(3, 7)).astype(np.float32)
    return KeyedVectors(["to", "be", "<script>"], rows, np.array([9, 7, 1]))


def test_pandas(wv):
    pytest.importorskip("pandas")
    frame = wv.to_dataframe()
    assert frame.index.name == "word"
    assert frame.index.tolist() == wv.index_to_key
    assert frame.columns.tolist() == ["count", *range(7)]
    assert frame["count"].tolist() == [9, 7, 1]
    np.testing.assert_array_equal(frame[list(range(7))].to_numpy(), wv.vectors)
    frame.iloc[0, 1] = 100
    assert wv.vectors[0, 0] != 100
    plain = KeyedVectors(["a"], np.ones((1, 2))).to_dataframe()
    assert plain.columns.tolist() == [0, 1]


@pytest.mark.parametrize("half", [False, True])
def test_arrow(wv, half):
    pytest.importorskip("pyarrow")
    wv = wv.to_float16() if half else wv
    table = wv.to_arrow()
    assert table.column_names == ["word", "count", "vector"]
    assert table["word"].to_pylist() == wv.index_to_key
    assert table["count"].to_pylist() == [9, 7, 1]
    assert table["vector"].type.list_size == 7
    np.testing.assert_array_equal(np.array(table["vector"].to_pylist()), wv.vectors)
    plain = KeyedVectors(["a"], np.ones((1, 2))).to_arrow()
    assert plain.column_names == ["word", "vector"]


@pytest.mark.parametrize("half", [False, True])
def test_polars(wv, half):
    polars = pytest.importorskip("polars")
    wv = wv.to_float16() if half else wv
    frame = wv.to_polars()
    assert frame.columns == ["word", "count", "vector"]
    assert frame.schema["vector"] == polars.Array(polars.Float32, 7)
    assert frame["word"].to_list() == wv.index_to_key
    np.testing.assert_array_equal(frame["vector"].to_numpy(), wv.vectors)
    plain = KeyedVectors(["a"], np.ones((1, 2))).to_polars()
    assert plain.columns == ["word", "vector"]


@pytest.mark.parametrize(
    ("method", "module", "extra"),
    [
        ("to_dataframe", "pandas", "pandas"),
        ("to_arrow", "pyarrow", "arrow"),
        ("to_polars", "polars", "polars"),
        ("approximate_index", "faiss", "ann"),
    ],
)
def test_a_missing_library_is_named_with_its_extra(
    wv, monkeypatch, method, module, extra
):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ImportError, match=rf"w2vfast\[{extra}\]"):
        getattr(wv, method)()


@pytest.mark.parametrize("module", ["pyarrow", "polars"])
def test_words_that_are_not_unicode_are_named(module):
    pytest.importorskip(module)
    wv = KeyedVectors(["a", "\udcff"], np.ones((2, 1)))
    method = {"pyarrow": wv.to_arrow, "polars": wv.to_polars}[module]
    with pytest.raises(ValueError, match=r"'\\udcff' is not valid Unicode"):
        method()


def test_html_shows_words_as_text(wv):
    html = wv._repr_html_()
    assert "<script>" not in html
    assert "<td>&lt;script&gt;</td>" in html
    assert "&lt;KeyedVectors: 3 words, 7 dimensions&gt;" in html
    assert html.count("<tr>") == 4
    assert "<td>9</td>" in html
    assert " …</td>" in html
    assert "\udcff" not in KeyedVectors(["\udcff"], np.ones((1, 1)))._repr_html_()


def test_html_of_many_words_is_short():
    keys = [f"w{i}" for i in range(5000)]
    html = KeyedVectors(keys, np.ones((5000, 300)))._repr_html_()
    assert html.count("<tr>") == 12
    assert "<th>count</th>" not in html
    assert len(html) < 2000
