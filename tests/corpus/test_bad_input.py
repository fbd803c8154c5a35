"""Word2Vec with corpora that cannot be trained: every error names its reason."""

import pytest

from w2vfast import Corpus, Vocabulary, Word2Vec

SENTENCES = [["a", "b", "c", "d"], ["b", "a"]] * 5


def model(**parameters):
    return Word2Vec(
        SENTENCES, **{"min_count": 1, "workers": 1, "sample": 0} | parameters
    )


@pytest.mark.parametrize("corpus", [[], [[]], iter([]), [[], []]])
def test_empty_corpus_is_an_error(corpus):
    with pytest.raises(ValueError, match="corpus is empty"):
        Word2Vec(corpus)


@pytest.mark.parametrize("text", ["", "\n\n", "  \n"])
def test_empty_file_is_an_error(tmp_path, text):
    path = tmp_path / "empty.txt"
    path.write_text(text)
    with pytest.raises(ValueError, match="empty"):
        Word2Vec(path)


@pytest.mark.parametrize("corpus", [[["a", "a", "a"]], [["a"]] * 9])
def test_corpus_of_one_word_is_an_error(corpus):
    with pytest.raises(ValueError, match=r"one word|two words|single"):
        Word2Vec(corpus, min_count=1)


def test_min_count_that_leaves_no_word_is_an_error():
    with pytest.raises(ValueError, match=r"min_count=100"):
        Word2Vec(SENTENCES, min_count=100)


def test_training_on_single_word_sentences_is_an_error():
    m = Word2Vec([["a"], ["b"], ["c"]] * 10, min_count=1)
    with pytest.raises(
        ValueError, match=r"no word .* window: the sentences are single"
    ):
        m.train()


def test_subsampling_that_leaves_no_pair_is_an_error():
    """The run ends with the error; the next `train` starts a new one."""
    m = model(sample=1e-9)
    for _ in range(2):
        with pytest.raises(ValueError, match=r"sample=1e-09 .* so does sample=0$"):
            m.train()
    m.train(sample=0)
    assert min(m.loss_history[-5:]) > 0
    m.train(sample=0, epochs=1)


@pytest.mark.parametrize("corpus", ["no/such/file.txt", "the cat sat on the mat"])
def test_string_is_read_as_a_path(corpus):
    with pytest.raises(FileNotFoundError, match=corpus[:10]):
        Word2Vec(corpus)


def test_strings_as_sentences_are_an_error():
    with pytest.raises(
        (TypeError, FileNotFoundError), match=r"token lists|no such file"
    ):
        Word2Vec(["the cat sat", "on the mat"])
    with pytest.raises(TypeError, match=r"'the cat sat'.* list of words: split it"):
        Word2Vec(iter(["the cat sat", "on the mat"]))


@pytest.mark.parametrize("corpus", [5, None, 1.5, b"bytes", [[1.5, 2]], [5]])
def test_other_types_are_an_error(corpus):
    with pytest.raises((TypeError, FileNotFoundError)):
        Word2Vec(corpus)


def test_vocabulary_without_a_corpus_word_is_an_error():
    with pytest.raises(ValueError, match="no token of the corpus is in the vocabulary"):
        model(vocabulary=Vocabulary(["x", "y"], [5, 5]))


@pytest.mark.parametrize("words", [[], ["a"]])
def test_vocabulary_of_fewer_than_two_words_is_an_error(words):
    with pytest.raises(ValueError, match=f"vocabulary has {len(words)} words?: .*two"):
        model(vocabulary=Vocabulary(words, [18] * len(words)))


def test_closed_corpus_is_an_error():
    corpus = Corpus(SENTENCES)
    corpus.close()
    with pytest.raises(ValueError, match="closed"):
        Word2Vec(corpus)
