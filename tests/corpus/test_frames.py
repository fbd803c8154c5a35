"""Tables of other libraries as corpora; each test needs its library."""

import pytest

from w2vfast import Corpus

WORDS = [["Der", "größte", "Hund", "der"], ["Welt"], [], ["der", "Hund"]] * 9
TEXTS = [" ".join(line) for line in WORDS]
DATA = {"n": list(range(len(WORDS))), "text": TEXTS}


@pytest.fixture
def check(contents):
    """Return a function that compares a source with the lists."""

    def compare(source, **options):
        corpus = Corpus(source, progress=False, **options)
        assert contents(corpus) == contents(Corpus(WORDS))

    return compare


def test_polars(check):
    pl = pytest.importorskip("polars")
    pytest.importorskip("pyarrow")
    frame = pl.DataFrame(DATA)
    lists = pl.Series(WORDS)
    categories = lists.cast(pl.List(pl.Categorical))
    for source in (frame, frame["text"], lists, categories, lists.to_frame("x")):
        check(source)
    check(frame.with_columns(x=lists), field="x")
    with pytest.raises(TypeError, match="collect"):
        Corpus(frame.lazy())


def test_pandas(check):
    pd = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    frame = pd.DataFrame(DATA | {"words": WORDS})
    check(frame, field="words")
    check(frame["words"])
    check(frame[["n", "words"]])
    if int(pd.__version__.partition(".")[0]) >= 3:
        check(frame, field="text")
        check(frame["text"].astype("category"))
    with pytest.raises(ValueError, match="2 columns have text or lists"):
        Corpus(frame)


def test_duckdb(check):
    duckdb = pytest.importorskip("duckdb")
    pa = pytest.importorskip("pyarrow")
    rows = pa.table(DATA)  # noqa: F841 - the query names it
    check(duckdb.sql("select text from rows"))


def test_hugging_face(check):
    datasets = pytest.importorskip("datasets")
    found = datasets.Dataset.from_dict(DATA)
    check(found)
    check(found, field="text")
    check(found["text"])
    check(found.to_iterable_dataset())
    check(datasets.IterableDataset.from_generator(lambda: ({"t": t} for t in TEXTS)))
    backwards = range(len(TEXTS) - 1, -1, -1)
    check(found.select(backwards).select(backwards))
    with pytest.raises(TypeError, match=r"pass one, such as dataset\['train'\]"):
        Corpus(datasets.DatasetDict({"train": found}))


def test_lance(check, tmp_path):
    lance = pytest.importorskip("lance")
    pa = pytest.importorskip("pyarrow")
    check(lance.write_dataset(pa.table(DATA), str(tmp_path / "x.lance")))
