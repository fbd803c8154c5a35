"""The page: its data, its escaping, its policy, its scripts."""

import base64
import hashlib
import re
from html.parser import HTMLParser
from importlib.resources import files

import numpy as np
import pytest

from w2vfast import KeyedVectors
from w2vfast.viz.explore import page as pages

FOLDER = files("w2vfast.viz.explore")


@pytest.fixture(scope="module")
def page(wv, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "page.html"
    wv.explore(path, names=("<b>&.bin",))
    return path


class Elements(HTMLParser):
    """Collect the elements of a page, and the text of its scripts and styles."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.texts = []
        self._open = False
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))
        self._open = tag in ("script", "style")
        if self._open:
            self.texts.append((tag, dict(attributes), ""))

    def handle_endtag(self, tag):
        self._open = False

    def handle_data(self, data):
        if self._open:
            tag, attributes, text = self.texts[-1]
            self.texts[-1] = tag, attributes, text + data


def decoded(text, kind):
    return np.frombuffer(base64.b64decode(text), kind)


def test_data_holds_the_unit_vectors_in_8_bits(wv, page, read_data):
    (model,) = read_data(page)["models"]
    assert model["words"] == wv.index_to_key
    assert model["counts"] == wv.counts.tolist()
    codes = decoded(model["codes"], np.int8).reshape(len(wv), -1)
    units = decoded(model["steps"], "<f4")[:, None] * codes
    np.testing.assert_allclose(np.linalg.norm(units, axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(units, wv.unit_normalized().vectors, atol=0.01)
    places = decoded(model["places"], "<i2").reshape(-1, 2)
    assert len(places) == len(wv) and np.abs(places).max() == 32767


def test_neighbours_in_8_bits_are_the_exact_ones(tmp_path, read_data):
    random = np.random.default_rng(1)
    wv = KeyedVectors([str(i) for i in range(2000)], random.normal(size=(2000, 100)))
    wv.explore(tmp_path / "p.html")
    (model,) = read_data(tmp_path / "p.html")["models"]
    codes = decoded(model["codes"], np.int8).reshape(2000, -1).astype(np.float32)
    units = codes * decoded(model["steps"], "<f4")[:, None]
    scores = units[:100] @ units.T
    np.fill_diagonal(scores, -1)
    found = np.argsort(-scores, axis=1)[:, :10]
    exact = wv.most_similar_batch(wv.index_to_key[:100], 10)
    same = [
        len({w for w, _ in right} & {wv.index_to_key[row] for row in rows})
        for right, rows in zip(exact, found, strict=True)
    ]
    assert np.mean(same) > 9.5  # random vectors have the closest cosines of all


def test_words_cannot_leave_the_data_element(hostile, tmp_path, read_data):
    path = tmp_path / "page.html"
    hostile.explore(path)
    assert read_data(path)["models"][0]["words"] == hostile.index_to_key
    text = path.read_bytes().decode("utf-8")
    data = next(t for _, a, t in Elements(text).texts if a.get("id") == "data")
    assert not re.search("[<>&\u2028\u2029\n]", data)
    assert text.count("<script") == 3 and "'broken'</script>" not in text
    assert "<!--" not in text


def test_names_are_escaped(page):
    text = page.read_text(encoding="utf-8")
    assert "<b>" not in text and text.count("&lt;b&gt;&amp;.bin") == 2


def test_policy_allows_the_scripts_of_the_page_and_no_network(page):
    elements = Elements(page.read_text(encoding="utf-8"))
    policy = next(a["content"] for _, a in elements.found if "http-equiv" in a)
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == rules["base-uri"] == "'none'"
    for tag, attributes, text in elements.texts:
        assert "src" not in attributes
        if attributes.get("id") != "data":
            digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
            assert f"'sha256-{digest}'" in rules[f"{tag}-src"]
    assert not [a for _, a in elements.found if {"style", "onclick", "src"} & set(a)]
    assert not re.search(r"\bunsafe|https?:", policy)


def test_every_script_is_part_of_the_page_after_what_it_imports():
    names = {path.name.removesuffix(".js") for path in (FOLDER / "scripts").iterdir()}
    assert names == set(pages.SCRIPTS)
    for place, name in enumerate(pages.SCRIPTS):
        text = (FOLDER / "scripts" / f"{name}.js").read_text(encoding="utf-8")
        imported = re.findall(r'^import .* from "\./(\w+)\.js";$', text, re.MULTILINE)
        assert set(imported) <= set(pages.SCRIPTS[:place]), name
        assert len(text.splitlines()) <= 300, name


def test_scripts_share_no_name():
    texts = [(FOLDER / "scripts" / f"{n}.js").read_text("utf-8") for n in pages.SCRIPTS]
    declared = r"^(?:export )?(?:async )?(?:const|let|function|class) (\w+)"
    found = re.compile(declared, re.MULTILINE).findall
    names = [name for text in texts for name in found(text)]
    assert len(names) == len(set(names)) > 50


def test_page_names_each_vendored_file_and_its_licence(page):
    text = page.read_text(encoding="utf-8")
    licences = (FOLDER / "vendor" / "LICENSES.txt").read_text("utf-8")
    for name in pages.VENDORED:
        first = (FOLDER / "vendor" / f"{name}.min.js").read_text("utf-8").split("\n")[0]
        version = re.search(rf"{name}/ v([\d.]+) Copyright", first)[1]
        assert f"{name} {version}" in " ".join(licences.split())
    assert "Permission to use, copy, modify" in text and "Robert Penner" in text


def test_zero_vectors_and_single_dimensions(tmp_path, read_data):
    wv = KeyedVectors(["a", "zero", "b"], np.array([[1.0], [0], [-2]]))
    wv.explore(tmp_path / "page.html")
    (model,) = read_data(tmp_path / "page.html")["models"]
    assert decoded(model["steps"], "<f4")[1] == 0
    assert decoded(model["places"], "<i2").reshape(3, 2)[:, 1].tolist() == [0, 0, 0]
    assert model["counts"] is None


def test_top_takes_the_first_words(wv, tmp_path, read_data):
    wv.explore(tmp_path / "page.html", top=7)
    (model,) = read_data(tmp_path / "page.html")["models"]
    assert model["words"] == wv.index_to_key[:7]


def test_same_vectors_give_the_same_page(wv, page, tmp_path):
    wv.explore(tmp_path / "again.html", names=("<b>&.bin",))
    assert (tmp_path / "again.html").read_bytes() == page.read_bytes()


@pytest.mark.parametrize(
    "keywords, error, text",
    [
        ({"top": 1}, ValueError, "top=1: expected 2 to 50000"),
        ({"top": 60_000}, ValueError, "top=60000: expected 2 to 50000"),
        ({"top": 2.5}, TypeError, "top=2.5: expected a whole number"),
        (
            {"method": "lsa"},
            ValueError,
            "method='lsa': expected one of pca, tsne, umap",
        ),
    ],
)
def test_explore_reports_bad_arguments(wv, tmp_path, keywords, error, text):
    with pytest.raises(error, match=re.escape(text)):
        wv.explore(tmp_path / "page.html", **keywords)
    assert not list(tmp_path.iterdir())


def test_explore_needs_two_words(tmp_path):
    wv = KeyedVectors(["a"], np.ones((1, 2)))
    with pytest.raises(ValueError, match="1 word: expected at least 2"):
        wv.explore(tmp_path / "page.html")


def test_explore_refuses_nan_of_a_mapped_file(tmp_path):
    values = np.ones((3, 2), np.float32)
    wv = KeyedVectors(["a", "b", "c"], values)
    values[1, 0] = np.nan  # the array is shared; a mapped file is not checked either
    with pytest.raises(ValueError, match=r"the vector of 'b' \(row 1\) is not finite"):
        wv.explore(tmp_path / "page.html")


def test_other_maps_need_their_package(wv, tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "umap", None)
    with pytest.raises(ImportError, match=r"package umap-learn .*w2vfast\[viz\]"):
        wv.explore(tmp_path / "page.html", method="umap")
