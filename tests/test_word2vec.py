"""Word2Vec end to end, on small corpora and on the bundled King James text."""

import lzma
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

import w2vfast
from w2vfast import Corpus, KeyedVectors, Vocabulary, Word2Vec
from w2vfast.kernels.arguments import LOSSES
from w2vfast.training.parameters import NEGATIVE_SAMPLING_DEFAULTS

KJV = Path(w2vfast.__file__).parent / "data" / "kjv.txt.xz"
ARCHITECTURES = ["skipgram", "cbow"]


@pytest.fixture(scope="module", params=ARCHITECTURES)
def book(request, kjv):
    """Return a model of the whole King James text, trained for three epochs."""
    fixed = {"vector_size": 50, "workers": 2, "epochs": 3, "alpha": 0.025}
    return Word2Vec(kjv, architecture=request.param, **fixed).train()


def toy(corpus, **parameters):
    fixed = {"vector_size": 20, "min_count": 1, "sample": 0, "workers": 1}
    return Word2Vec(corpus, **fixed | parameters)


def two_groups(sentences=400):
    """Return sentences whose words come from one of two groups of five words."""
    rng = np.random.default_rng(1)
    groups = (list("abcde"), list("vwxyz"))
    return [list(rng.choice(groups[i % 2], 6)) for i in range(sentences)]


# The book --------------------------------------------------------------------------


def test_loss_falls_on_the_book(book):
    """Only over the whole run: two threads vary, and chapters come in their order."""
    first, *_, last = book.loss_history
    assert 1 < last < first - 0.1
    assert first < 6 * np.log(2)


def test_nearest_words_in_the_book_are_related(book):
    near = {
        word: [key for key, _ in book.wv.most_similar(word, topn=20)]
        for word in ("king", "brother", "silver", "north")
    }
    assert {"reigned", "judah", "hezekiah", "solomon", "nebuchadnezzar"} & set(
        near["king"]
    )
    assert {"father", "sister", "wife", "son", "mother"} & set(near["brother"])
    assert {"gold", "brass", "vessels"} & set(near["silver"])
    assert {"south", "west", "east"} & set(near["north"])


def test_vectors_have_the_documented_shapes_and_types(book):
    words = len(book.wv)
    assert words == len(book.vocabulary) == len(book.wv.index_to_key) > 5000
    assert book.vocabulary.counts.min() >= 5
    assert book.wv.vectors.shape == book.outside_vectors.shape == (words, 50)
    assert book.wv.vectors.dtype == book.outside_vectors.dtype == np.float32
    assert book.wv.vectors.flags.c_contiguous
    assert np.isfinite(book.wv.vectors).all()
    assert np.isfinite(book.outside_vectors).all()
    assert "king" in book.wv
    assert book.wv["king"].shape == (50,)
    assert book.wv.key_to_index[book.wv.index_to_key[77]] == 77


def test_builds_agree_on_the_book(build, tmp_path_factory):
    """150 verses: the reference is too slow for the whole book."""
    path = tmp_path_factory.getbasetemp() / "part.txt"
    if not path.exists():
        with lzma.open(KJV, "rt", encoding="utf-8") as book:
            path.write_text("".join(islice(book, 150)))
    parameters = {"vector_size": 10, "epochs": 1, "min_count": 2, "workers": 1}
    model = Word2Vec(path, kernels=build, **parameters).train()
    other = Word2Vec(path, kernels="base", **parameters).train()
    assert model.loss_history == pytest.approx(other.loss_history, rel=1e-6)
    np.testing.assert_allclose(model.wv.vectors, other.wv.vectors, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(
        model.outside_vectors, other.outside_vectors, rtol=1e-4, atol=1e-5
    )


# Small corpora ---------------------------------------------------------------------


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize(
    ("chunk_size", "shared_negatives"), [(1, 0), (8, 16), (32, 16), (None, None)]
)
def test_nearest_words_are_in_the_same_group(
    architecture, chunk_size, shared_negatives
):
    model = toy(
        two_groups(), architecture=architecture, chunk_size=chunk_size,
        shared_negatives=shared_negatives, epochs=20, alpha=0.05, cbow_exact=False,
    ).train()  # fmt: skip
    for word in "abcde":
        near = [key for key, _ in model.wv.most_similar(word, topn=4)]
        assert set(near) <= set("abcde")


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("switch", ["cbow_mean", "cbow_exact", "shrink_windows"])
def test_boolean_parameters_reach_the_kernels(architecture, loss, switch):
    if architecture == "skipgram" and switch.startswith("cbow"):
        pytest.skip("only CBOW has these parameters")
    fixed = {"architecture": architecture, "loss": loss, "epochs": 2}
    one, two = (
        toy(two_groups(), **fixed | {switch: value}).train() for value in (True, False)
    )
    assert not np.array_equal(one.wv.vectors, two.wv.vectors)


@pytest.mark.parametrize(
    ("name", "value"),
    [("window", 1), ("negative", 2), ("ns_exponent", 0), ("sample", 1e-2),
     ("alpha", 0.01), ("min_alpha", 0.01), ("epochs", 1), ("seed", 9),
     ("chunk_size", 32), ("shared_negatives", 0)],
)  # fmt: skip
@pytest.mark.parametrize("loss", LOSSES)
def test_parameters_reach_the_kernels(name, value, loss):
    if name in NEGATIVE_SAMPLING_DEFAULTS and not loss.startswith("negative"):
        pytest.skip("only negative sampling has this parameter")
    fixed = {"loss": loss, "epochs": 2}
    plain = toy(two_groups(), **fixed).train()
    other = toy(two_groups(), **fixed | {name: value}).train()
    assert not np.array_equal(plain.wv.vectors, other.wv.vectors)
    if name != "seed":
        model = toy(two_groups(), **fixed)
        model.train(**{name: value})
        assert np.array_equal(model.wv.vectors, other.wv.vectors)
        assert model.loss_history == other.loss_history


def test_initial_vectors_are_small_random_numbers():
    model = toy(two_groups(), vector_size=10)
    assert np.abs(model.wv.vectors).max() <= 0.05
    assert len(np.unique(model.wv.vectors)) > 90
    assert not model.outside_vectors.any()


def test_outside_vectors_have_no_padding():
    model = toy(two_groups(), vector_size=5).train()
    assert model.outside_vectors.shape == (10, 5)
    assert np.abs(model.outside_vectors).min() > 0


def test_max_final_vocab_limits_the_vocabulary():
    model = toy([["a", "b", "c"], ["b", "c"], ["c", "d"]] * 9, max_final_vocab=2)
    assert model.train().wv.index_to_key == ["c", "b"]


def test_words_are_ordered_by_count():
    model = toy([["x", "b", "c"], ["b", "c"], ["c"]])
    assert model.wv.index_to_key == ["c", "b", "x"]
    assert model.vocabulary.counts.tolist() == [3, 2, 1]


# Corpora ---------------------------------------------------------------------------


def test_every_kind_of_corpus_gives_the_same_model(tmp_path):
    lists = two_groups(100)
    text = "\n".join(map(" ".join, lists)) + "\n"
    (tmp_path / "part").mkdir()
    plain, packed = tmp_path / "part" / "c.txt", tmp_path / "c.txt.xz"
    plain.write_text(text)
    packed.write_bytes(lzma.compress(text.encode()))
    kinds = [
        lists,
        (tokens for tokens in lists),
        map(tuple, lists),
        str(plain),
        plain,
        [plain],
        plain.parent,
        packed,
        Corpus(lists),
    ]
    models = [toy(corpus, epochs=2).train() for corpus in kinds]
    for model in models[1:]:
        assert model.wv.index_to_key == models[0].wv.index_to_key
        assert np.array_equal(model.wv.vectors, models[0].wv.vectors)


def test_corpus_from_ids_trains():
    ids = np.array([7, 3, 7, 9] * 20)
    corpus = Corpus.from_ids(ids, np.arange(0, 81, 4))
    model = toy(corpus).train()
    assert model.wv.index_to_key == ["7", "3", "9"]
    named = Corpus.from_ids(ids % 4, words=["zero", "one", "two", "three"])
    assert toy(named).train().wv.index_to_key == ["three", "one"]


def test_empty_sentences_of_ids_change_nothing():
    ids, words = np.array([0, 1, 2] * 30), ["a", "b", "c"]
    plain = Corpus.from_ids(ids, np.arange(0, 91, 3), words)
    gaps = Corpus.from_ids(ids, np.repeat(np.arange(0, 91, 3), 2), words)
    one, two = toy(plain).train(), toy(gaps).train()
    assert np.array_equal(one.wv.vectors, two.wv.vectors)


def test_one_long_line_is_one_sentence(tmp_path):
    path = tmp_path / "text8"
    path.write_text(" ".join(word for tokens in two_groups(4000) for word in tokens))
    model = toy(path, epochs=3, window=2).train()
    assert len(model.corpus) == 1
    assert len(model.corpus.ids) == 24_000
    assert model.loss_history == sorted(model.loss_history, reverse=True)


def test_long_sentences_are_not_cut():
    """Gensim cuts sentences after 10,000 tokens; w2vfast trains the later words too."""
    tokens = ["a", "b"] * 6000 + ["y", "z"] * 6000
    model = toy([tokens], epochs=1, alpha=0.05).train()
    outside = np.abs(model.outside_vectors).max(axis=1)
    assert outside.min() > 0.1


def test_windows_end_at_sentence_boundaries():
    separate = [["a", "b"], ["c", "d"]] * 50
    model = toy(separate, epochs=10, alpha=0.05, window=5).train()
    together = toy([["a", "b", "c", "d"]] * 50, epochs=10, alpha=0.05, window=5).train()

    def score(m, x, y):
        v = m.wv.key_to_index
        return m.wv[x] @ m.outside_vectors[v[y]]

    assert score(model, "b", "c") < score(model, "b", "a") - 1
    assert score(together, "b", "c") > score(model, "b", "c") + 1


# Vocabulary ------------------------------------------------------------------------


def test_vocabulary_parameter_sets_words_and_counts():
    words = ["y", "a", "never", "b"]
    model = toy(two_groups(), vocabulary=Vocabulary(words, [5, 9, 1, 7]), min_count=3)
    model.train()
    assert model.wv.index_to_key == words
    assert model.vocabulary.counts.tolist() == [5, 9, 1, 7]
    assert len(model.loss_history) == 5


def test_passing_the_corpus_vocabulary_changes_nothing():
    corpus = Corpus(two_groups())
    own = corpus.vocabulary(1)
    one = toy(corpus).train()
    two = toy(two_groups(), vocabulary=own).train()
    assert np.array_equal(one.wv.vectors, two.wv.vectors)


def test_training_on_another_corpus_updates_its_words_only():
    model = toy(two_groups()).train()
    before = model.wv["a"].copy(), model.wv["z"].copy()
    model.train([["a", "b", "new"], ["a", "c"]] * 30)
    assert not np.array_equal(model.wv["a"], before[0])
    assert np.array_equal(model.wv["z"], before[1])
    assert "new" not in model.wv


# Files, progress bar and repr ------------------------------------------------------


def test_vectors_round_trip_through_word2vec_format(tmp_path):
    model = toy(two_groups()).train()
    model.wv.save_word2vec_format(tmp_path / "v.bin", binary=True)
    again = KeyedVectors.load_word2vec_format(tmp_path / "v.bin", binary=True)
    assert again.index_to_key == model.wv.index_to_key
    assert np.array_equal(again.vectors, model.wv.vectors)


def test_loading_a_model_from_a_vectors_file_is_an_error(tmp_path):
    model = toy(two_groups(50))
    model.wv.save(tmp_path / "v.w2v")
    with pytest.raises(ValueError, match=r"v\.w2v: not a whole Word2Vec model"):
        Word2Vec.load(tmp_path / "v.w2v")
    with pytest.raises(FileNotFoundError):
        Word2Vec.load(tmp_path / "none.w2v")


def test_progress_bar_appears_only_on_request(capsys):
    toy(two_groups(), progress=False).train()
    toy(two_groups()).train()
    assert capsys.readouterr().err == ""
    toy(two_groups(), progress=True).train()
    assert "loss" in capsys.readouterr().err


def test_repr_summarises_the_model():
    model = toy(two_groups()).train()
    assert repr(model) == (
        "<Word2Vec: 10 words × 20, skipgram, negative_sampling, 5 epochs trained>"
    )


# Mistakes --------------------------------------------------------------------------


def test_queries_before_training_give_one_warning(recwarn):
    model = toy(two_groups())
    assert len(model.wv) == 10
    assert model.wv.vectors.shape == (10, 20)
    assert not recwarn
    with pytest.warns(
        UserWarning, match=r"was not trained.*call model.train\(\)"
    ) as one:
        model.wv.most_similar("a")
    assert one[0].filename == __file__
    model.wv.similarity("a", "b")
    model.train(callbacks=lambda model: model.wv.most_similar("a"))
    model.extend(two_groups(10)).wv.most_similar("a")
    assert not recwarn


def test_vectors_that_were_given_are_queried_before_training(tmp_path, recwarn):
    """Also those of a saved model, or of one with further words."""
    path = tmp_path / "m.w2v"
    given = toy(two_groups()).train().wv
    model = toy(two_groups(), initial_vectors=given)
    model.save(path)
    loaded = Word2Vec.load(path)
    for one in (model, loaded, loaded.extend([["a", "new"]] * 5)):
        assert one.wv.most_similar("a")
    assert not recwarn


@pytest.mark.parametrize("name", ["v.bin", "v.txt.gz", "v.npz"])
def test_a_file_of_vectors_is_no_model(tmp_path, name):
    toy(two_groups()).save_vectors(tmp_path / name)
    with pytest.raises(ValueError, match=r"for vectors alone: use KeyedVectors.load"):
        Word2Vec.load(tmp_path / name)
    (tmp_path / "model").write_text("sun 0.5 1\nmoon 2 3\n")
    with pytest.raises(ValueError, match=r"alone is read by KeyedVectors\.load"):
        Word2Vec.load(tmp_path / "model")
