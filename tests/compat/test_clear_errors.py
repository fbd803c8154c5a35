"""Mistakes that gensim's users make: errors instead of garbage or of other errors."""

import pytest

from w2vfast.compat.gensim import KeyedVectors, Word2Vec

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


def test_a_file_of_pairs_has_no_analogies(wv, tmp_path):
    (tmp_path / "pairs.tsv").write_text("a\tb\t3\nc\td\t4\n")
    with pytest.raises(ValueError, match=r"no section header.*evaluate_word_pairs"):
        wv.evaluate_word_analogies(tmp_path / "pairs.tsv")
