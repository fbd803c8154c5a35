"""Mistakes that gensim's users make: errors instead of garbage or of other errors."""

import inspect
import logging
import pickle
import zipfile

import numpy as np
import pytest

from w2vfast import Word2Vec as Native
from w2vfast.compat.gensim import (
    CallbackAny2Vec,
    KeyedVectors,
    LineSentence,
    Word2Vec,
)

SENTENCES = [["a", "b", "c", "d"]] * 100


@pytest.fixture
def wv():
    return Word2Vec(SENTENCES, min_count=1, vector_size=20).wv


@pytest.mark.parametrize("workers", [0, -1])
def test_training_without_threads_is_refused_but_counting_is_not(workers):
    model = Word2Vec(min_count=1, workers=workers)
    model.build_vocab(SENTENCES)
    assert len(model.wv) == 4
    with pytest.raises(ValueError, match=f"workers={workers}: expected 1 or more"):
        Word2Vec(SENTENCES, min_count=1, workers=workers)


def test_a_text_file_is_not_read_as_binary(wv, tmp_path):
    wv.save_word2vec_format(tmp_path / "v.txt")
    with pytest.raises(ValueError, match="the line after the header is text"):
        KeyedVectors.load_word2vec_format(tmp_path / "v.txt", binary=True)


def test_a_binary_file_read_as_text_names_the_option(wv, tmp_path):
    wv.save_word2vec_format(tmp_path / "v.bin", binary=True)
    with pytest.raises(ValueError, match="needs binary=True"):
        KeyedVectors.load_word2vec_format(tmp_path / "v.bin")


@pytest.mark.parametrize("binary", [False, True])
def test_a_file_of_save_is_not_word2vecs_format(wv, tmp_path, binary):
    wv.save(tmp_path / "v.kv")
    with pytest.raises(ValueError, match=r"own: KeyedVectors\.load reads it$"):
        KeyedVectors.load_word2vec_format(tmp_path / "v.kv", binary=binary)


def test_the_option_that_was_given_is_not_advised(tmp_path):
    (tmp_path / "v").write_text("a b c\n")
    with pytest.raises(ValueError, match="pass binary=False for a text"):
        KeyedVectors.load_word2vec_format(tmp_path / "v", binary=True)


def test_a_file_of_pairs_has_no_analogies(wv, tmp_path):
    (tmp_path / "pairs.tsv").write_text("a\tb\t3\nc\td\t4\n")
    with pytest.raises(ValueError, match=r"no section header.*evaluate_word_pairs"):
        wv.evaluate_word_analogies(tmp_path / "pairs.tsv")


def test_every_parameter_of_the_native_class_has_an_answer():
    native, known = (
        inspect.signature(kind.__init__).parameters for kind in (Native, Word2Vec)
    )
    for name in native.keys() - known.keys():
        with pytest.raises(TypeError, match=r"pass |only w2vfast\.Word2Vec|logged"):
            Word2Vec(**{name: 1})


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("size", "pass vector_size=3"),
        ("iter", "pass epochs=3"),
        ("vectorsize", r"did you mean vector_size=3\?"),
        ("widow", r"did you mean window=3\?"),
        ("n_jobs", "pass workers=3"),
        ("corpus", "pass sentences=… .*corpus_file=…"),
        ("architecture", "pass sg=1 for skip-gram"),
        ("loss", "pass hs=1 for hierarchical softmax, or negative=5"),
        ("cbow", "pass sg=0"),
        ("deterministic", "only w2vfast.Word2Vec has it"),
    ],
)
def test_unknown_parameters_are_answered_with_gensims(name, answer):
    with pytest.raises(
        TypeError, match=rf"{name} is unknown to Word2Vec\(\): {answer}"
    ):
        Word2Vec(SENTENCES, **{name: 3})


def test_unknown_parameters_of_train_are_answered():
    model = Word2Vec(SENTENCES, min_count=1, vector_size=4)
    with pytest.raises(TypeError, match=r"iter is unknown to train\(\): pass epochs=3"):
        model.train(SENTENCES, total_examples=100, iter=3)


@pytest.mark.parametrize(
    ("sentences", "error", "answer"),
    [
        ([["a", "b"]], RuntimeError, "min_count=5 kept none of 2 distinct words; the "
         "most frequent one, 'a', has count 1; pass min_count=1"),
        ([], RuntimeError, "no vocabulary: the corpus is empty"),
        ([[]], RuntimeError, "no vocabulary: the corpus is empty"),
        ("text.txt", TypeError, "'text.txt' is no list of sentences: pass corpus"),
        ([b"a b"], TypeError, r"sentence 0 is bytes: .*LineSentence\(path\)"),
    ],
    ids=["min_count", "empty", "empty sentence", "path", "bytes"],
)  # fmt: skip
def test_a_model_without_words_names_the_cause(sentences, error, answer):
    with pytest.raises(error, match=answer):
        Word2Vec(sentences)


def test_a_model_without_build_vocab_names_the_step():
    with pytest.raises(RuntimeError, match=r"call build_vocab\(\) before training"):
        Word2Vec().train(SENTENCES, total_examples=100, epochs=1)


def test_archives_are_not_read_as_text(tmp_path):
    path = tmp_path / "c.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("text.txt", "a b c")
    for source in ({"corpus_file": str(path)}, {"sentences": LineSentence(path)}):
        with pytest.raises(ValueError, match=r"c.zip: a zip archive, not text"):
            Word2Vec(**source)


def test_text_in_another_encoding_is_no_empty_corpus(tmp_path):
    (tmp_path / "text.txt").write_bytes(b"caf\xe9 au lait\n" * 10)
    with pytest.raises(UnicodeDecodeError):
        Word2Vec(LineSentence(tmp_path / "text.txt"))


@pytest.mark.parametrize(
    ("name", "value", "answer"),
    [
        ("vector_size", "50", "vector_size='50': expected a whole number"),
        ("vector_size", 50.5, "vector_size=50.5: expected a whole number"),
        ("window", float("nan"), "window=nan: expected a whole number"),
        ("epochs", "5", "epochs='5': expected a whole number"),
        ("min_count", "5", "min_count='5': expected a number"),
        ("alpha", "0.1", "alpha='0.1': expected a number"),
    ],
)
def test_text_is_no_number(name, value, answer):
    with pytest.raises(TypeError, match=answer):
        Word2Vec(SENTENCES, **{name: value})


def test_alpha_0_gives_a_warning(caplog):
    Word2Vec(SENTENCES, min_count=1, vector_size=4, alpha=0)
    assert "alpha=0: the learning rate stays at min_alpha=0.0001" in caplog.text


@pytest.mark.parametrize(
    "callbacks",
    [print, [print], CallbackAny2Vec, [CallbackAny2Vec], CallbackAny2Vec(), None],
)
def test_callbacks_are_a_list_of_objects(callbacks):
    expected = r"callbacks(\[0\])?=.*: expected callbacks=\[…\], a list of objects"
    with pytest.raises(TypeError, match=expected):
        Word2Vec(SENTENCES, min_count=1, vector_size=4, callbacks=callbacks)
    model = Word2Vec(SENTENCES, min_count=1, vector_size=4)
    with pytest.raises(TypeError, match=expected):
        model.train(SENTENCES, total_examples=100, epochs=1, callbacks=callbacks)


def test_unknown_words_have_hints():
    wv = Word2Vec([["king", "queen"]] * 9, vector_size=4).wv
    for query in (lambda: wv["kign"], lambda: wv.most_similar("kign")):
        with pytest.raises(KeyError) as caught:
            query()
        assert str(caught.value).endswith("; did you mean 'king'?")
        copy = pickle.loads(pickle.dumps(caught.value))
        assert copy.args == caught.value.args
    with pytest.raises(KeyError, match="Key '7' not present"):
        wv[7]


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("syn0", "use wv.vectors"),
        ("index2word", "use wv.index_to_key"),
        ("vocab", "use wv.key_to_index"),
        ("most_similar", "use model.wv.most_similar"),
        ("iter", "use epochs"),
        ("load", r"it is a method of the class: model = Word2Vec.load\(path\)"),
        ("nonsense", ""),
    ],
)
def test_old_attributes_of_models_name_the_new_ones(name, answer):
    model = Word2Vec(min_count=1)
    with pytest.raises(AttributeError, match=f"{name}'.*{answer}"):
        getattr(model, name)
    with pytest.raises(AttributeError, match="syn0': use vectors"):
        _ = model.wv.syn0


def test_models_are_no_containers():
    model = Word2Vec(SENTENCES, min_count=1, vector_size=4)
    with pytest.raises(TypeError, match=r"vectors are in model.wv\['a'\]"):
        model["a"]
    with pytest.raises(TypeError, match=r"use 'a' in model.wv"):
        "a" in model  # noqa: B015


def test_a_file_of_vectors_is_no_model(wv, tmp_path):
    wv.save_word2vec_format(tmp_path / "v.bin", binary=True)
    with pytest.raises(ValueError, match=r"KeyedVectors.load_word2vec_format reads"):
        Word2Vec.load(tmp_path / "v.bin")


def test_a_growing_vocabulary_logs_the_share_of_known_tokens(caplog):
    model = Word2Vec(SENTENCES, min_count=3, vector_size=4)
    more = [["a", "new", "b", f"rare{number}"] for number in range(30)]
    model.build_vocab(more, update=True)
    with caplog.at_level(logging.INFO, "w2vfast"):
        model.train(more, total_examples=30, epochs=1)
    assert (
        "the corpus has 120 tokens in 30 sentences, and 90 tokens (75.0 %) of the 5 "
        "words of the vocabulary (min_count=3)" in caplog.text
    )


@pytest.mark.parametrize("binary", [True, False])
@pytest.mark.parametrize("encoding", ["undefined", "idna", "base64", "no-such"])
def test_codecs_that_are_not_for_files_are_refused(wv, tmp_path, binary, encoding):
    path = tmp_path / "vectors"
    wv.save_word2vec_format(path, binary=binary)
    with pytest.raises(ValueError, match=f"encoding='{encoding}'.*expected one such"):
        KeyedVectors.load_word2vec_format(path, binary=binary, encoding=encoding)


@pytest.mark.parametrize("line", ["word", "word many", "word -3"])
def test_lines_of_counts_without_a_count_are_named(wv, tmp_path, line):
    path, counts = tmp_path / "vectors", tmp_path / "counts"
    wv.save_word2vec_format(path)
    counts.write_text(f"a 3\n{line}\n")
    with pytest.raises(ValueError, match=f"counts, line 2: '{line}': expected a word"):
        KeyedVectors.load_word2vec_format(path, fvocab=counts)


@pytest.mark.parametrize(
    ("vector", "message"),
    [
        (np.full(8, np.nan), "a query vector holds NaN or infinity"),
        (np.ones(1), "expected a key, or a vector of 8 numbers"),
        (np.ones(3), "expected a key, or a vector of 8 numbers"),
    ],
)
def test_a_query_vector_that_fits_nothing_is_an_error(vector, message):
    """One number was added to all dimensions, and NaN had no neighbours."""
    wv = Word2Vec([["sun", "moon"]] * 9, vector_size=8, min_count=1).wv
    for call in (
        lambda: wv.most_similar(positive=[vector]),
        lambda: wv.most_similar(positive=["sun", vector]),
        lambda: wv.most_similar_cosmul(positive=[vector]),
        lambda: wv.get_mean_vector([vector]),
        lambda: wv.similar_by_vector(vector),
    ):
        with pytest.raises(ValueError, match=message):
            call()


def test_vectors_that_could_not_be_loaded_are_not_saved(tmp_path):
    model = Word2Vec([["sun", "moon"]] * 9, vector_size=8, min_count=1)
    path = tmp_path / "saved"
    model.wv.save(path)
    before = path.read_bytes()
    model.wv.vectors[1] = np.nan
    for save in (model.save, model.wv.save):
        with pytest.raises(
            ValueError, match=r"'(sun|moon)' \(row 1\) is infinite or NaN"
        ):
            save(path)
    model.wv.vectors[1] = 0
    model.syn1neg[0] = np.inf
    with pytest.raises(ValueError, match="outside vectors is infinite or NaN"):
        model.save(path)
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("path", [None, 3, b"v.bin"])
def test_what_is_no_path_is_named(path):
    model = Word2Vec([["sun", "moon"]] * 9, vector_size=8, min_count=1)
    for call in (
        model.save,
        model.wv.save,
        model.wv.save_word2vec_format,
        Word2Vec.load,
        KeyedVectors.load,
        KeyedVectors.load_word2vec_format,
    ):
        with pytest.raises(TypeError) as info:
            call(path)
        assert str(info.value).startswith(f"{path!r}: expected a path")


def test_a_key_of_another_type_is_not_added():
    wv = KeyedVectors(2)
    for key in (None, ("a", "b"), 1.5):
        with pytest.raises(TypeError, match="expected a key, a str or an int, found"):
            wv.add_vector(key, [1, 2])
    assert len(wv) == 0
