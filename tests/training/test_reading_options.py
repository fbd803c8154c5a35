"""Every call that reads a corpus takes the options for reading files."""

import pytest

from w2vfast import Corpus, Word2Vec
from w2vfast.corpus.content import NotTextError

LATIN = {"encoding": "latin-1"}


@pytest.fixture
def path(tmp_path):
    """Return a file that is not UTF-8."""
    path = tmp_path / "corpus.txt"
    path.write_bytes("größe maß straße\nmaß größe\n".encode("latin-1") * 50)
    return path


@pytest.fixture
def model(path):
    return Word2Vec(path, vector_size=8, min_count=1, sample=0, workers=1, **LATIN)


def test_train_extend_and_evaluate_loss_read_with_the_given_encoding(model, path):
    assert model.train(path, **LATIN).vocabulary.index_to_key[0] in {"größe", "maß"}
    assert model.evaluate_loss(path, **LATIN).pairs > 0
    assert len(model.extend(path, **LATIN).vocabulary) == 3
    for call in (model.train, model.extend, model.evaluate_loss):
        with pytest.raises(NotTextError, match="is not utf-8"):
            call(path)


def test_resume_reads_with_the_given_encoding(model, path, tmp_path):
    checkpoint = tmp_path / "run.ckpt"
    model.train(checkpoint=checkpoint, after_epoch=lambda model: True)
    done = Word2Vec.resume(checkpoint, path, workers=1, **LATIN)
    assert len(done.loss_history) == 5


def test_options_for_reading_need_a_corpus_to_read(model, path):
    with pytest.raises(ValueError, match="encoding without a corpus: they are for"):
        model.train(**LATIN)
    with pytest.raises(ValueError, match="the source is a Corpus"):
        model.train(Corpus(path, **LATIN), **LATIN)
