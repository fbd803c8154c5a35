"""No output replaces a file that was read as a corpus."""

import gzip
import os

import numpy as np
import pytest

import w2vfast.compat.gensim as gensim
from w2vfast import Corpus, KeyedVectors, Word2Vec
from w2vfast.distributed import train
from w2vfast.io.atomic import atomic_write
from w2vfast.viz.explore.page import write_page
from w2vfast.viz.projector import write_projector

TEXT = "sun moon star sky\n" * 300
SETTINGS = {"vector_size": 8, "min_count": 1, "sample": 0, "workers": 1, "epochs": 2}


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "text"
    path.write_text(TEXT)
    return path


def make_vectors():
    return KeyedVectors(["a", "b", "c"], np.eye(3))


def refuses(path, save):
    before = path.read_bytes()
    with pytest.raises(FileExistsError) as info:
        save(path)
    assert str(path) in str(info.value) and "was read as a corpus" in str(info.value)
    assert "pass another name" in str(info.value)
    assert path.read_bytes() == before
    assert not [p for p in path.parent.iterdir() if p.name.startswith(".w2vfast")]


def opened(path, read):
    with path.open("rb") as file:
        read(file)


def save_as_table(path):
    make_vectors().save(path, format="parquet")


def test_no_writer_replaces_the_own_corpus(text):
    model = Word2Vec(text, **SETTINGS).train()
    other = gensim.Word2Vec([["sun", "moon"]] * 9, min_count=1, vector_size=4)
    writers = [
        model.save,
        model.wv.save_word2vec_format,
        lambda path: model.wv.save(path, format="glove"),
        lambda path: model.wv.save(path, format="w2v"),
        lambda path: model.wv.save(path, format="npz"),
        lambda path: make_vectors().save(path, format="word2vec-binary"),
        lambda path: write_page(path, model.wv),
        lambda path: model.train(checkpoint=path),
        other.save,
        other.wv.save,
        other.wv.save_word2vec_format,
    ]
    for save in writers:
        refuses(text, save)


def test_vectors_do_not_replace_a_corpus_of_their_suffix(text):
    text = text.rename(text.with_suffix(".txt"))
    model = Word2Vec(text, **SETTINGS)
    refuses(text, model.save_vectors)
    refuses(text, model.wv.save)


def test_tables_do_not_replace_a_corpus(text):
    pytest.importorskip("pyarrow")
    Corpus(text)
    refuses(text, save_as_table)


def test_a_projector_does_not_replace_a_corpus(text):
    folder = text.parent
    text = text.rename(folder / "metadata.tsv")
    Corpus(text)
    refuses(text, lambda path: write_projector(folder, make_vectors()))


@pytest.mark.parametrize(
    "read",
    [
        lambda path: Corpus(path.parent),
        lambda path: Corpus([path]),
        lambda path: opened(path, Corpus),
        lambda path: [*gensim.LineSentence(path)],
        lambda path: opened(path, lambda file: [*gensim.Text8Corpus(file)]),
        lambda path: gensim.Word2Vec(corpus_file=str(path), min_count=1),
        lambda path: train(path, 2, vector_size=8, min_count=1, epochs=1),
        lambda path: Word2Vec([["sun", "moon"]] * 9, **SETTINGS).train(path),
    ],
)
def test_all_ways_to_read_a_corpus_are_known(text, read):
    read(text)
    refuses(text, make_vectors().save_word2vec_format)


def test_a_compressed_corpus_and_links_are_known(text):
    packed = text.with_suffix(".gz")
    packed.write_bytes(gzip.compress(text.read_bytes()))
    Corpus(packed)
    refuses(packed, make_vectors().save_word2vec_format)
    link = text.with_name("link")
    link.symlink_to(packed)
    refuses(link, make_vectors().save_word2vec_format)


def test_a_text_that_grew_is_kept(text):
    Corpus(text)
    with text.open("a") as file:
        file.write("one more line\n")
    refuses(text, make_vectors().save_word2vec_format)


def test_what_is_no_text_is_no_corpus(tmp_path):
    """A model or vectors, given as a corpus by mistake, may be saved again."""
    model, vectors = tmp_path / "model.w2v", tmp_path / "vectors.txt"
    trained = Word2Vec([["sun", "moon"]] * 9, **SETTINGS).train()
    for _ in range(2):
        trained.save(model)
        make_vectors().save(vectors)
        for path in (model, vectors):
            for read in (Corpus, lambda path: [*gensim.LineSentence(path)]):
                with pytest.raises(ValueError, match="not text"):
                    read(path)
            with pytest.raises(ValueError, match="not text"):
                train(path, 1)


def test_other_files_are_replaced(text):
    copy = text.with_name("copy")
    copy.write_text(TEXT)
    Corpus(text)
    for _ in range(2):
        make_vectors().save_word2vec_format(copy)


def test_a_file_that_was_deleted_or_emptied_may_be_written_again(text):
    """The new file may have the number of the old one in the file system."""
    Corpus(text)
    text.unlink()
    for _ in range(3):
        make_vectors().save_word2vec_format(text)
    text.write_text(TEXT)
    Corpus(text)
    os.truncate(text, 0)
    make_vectors().save_word2vec_format(text)


def deleted_corpora(text):
    """Yield corpora that were read and deleted: new files may get their inodes."""
    for number in range(20):
        corpus = text.with_name(f"text {number}")
        corpus.write_text(TEXT)
        Corpus(corpus)
        corpus.unlink()
        yield corpus


def test_a_new_file_is_not_taken_for_a_deleted_corpus(text):
    for corpus in deleted_corpora(text):
        for output in (corpus, corpus, corpus.with_suffix(".output")):
            with atomic_write(output) as file:
                file.write(b"content")


def test_a_file_of_another_program_is_not_taken_for_a_deleted_corpus(text):
    for corpus in deleted_corpora(text):
        other = corpus.with_suffix(".output")
        other.write_bytes(b"what another program wrote")
        make_vectors().save_word2vec_format(other)
