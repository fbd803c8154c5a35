"""Resuming on another corpus is an error whose advice can be followed."""

import pickle

import pytest

from w2vfast import OtherCorpusError, Word2Vec

FIRST = [["sun", "moon", "star", "sky"]] * 50
SETTINGS = {"vector_size": 8, "min_count": 1, "sample": 0, "workers": 1, "epochs": 3}
OTHERS = {"shorter": FIRST[:40], "in another order": [line[::-1] for line in FIRST]}


def stop(model):
    return True


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.ckpt"


def follow(error, **names):
    """Run the call that ends a message; return its result."""
    call = str(error.value).rpartition(" with ")[2]
    return eval(call, {"Word2Vec": Word2Vec, **names})


@pytest.mark.parametrize("corpus", OTHERS.values(), ids=OTHERS)
def test_the_advice_of_train_starts_a_new_run(corpus):
    model = Word2Vec(FIRST, **SETTINGS).train(after_epoch=stop)
    with pytest.raises(OtherCorpusError, match="the interrupted run was") as error:
        model.train(corpus)
    follow(error, train=model.train, corpus=corpus)
    assert len(model.loss_history) == 4 and model.stopped is None


@pytest.mark.parametrize("corpus", OTHERS.values(), ids=OTHERS)
@pytest.mark.parametrize("finished", [False, True])
def test_the_advice_of_resume_trains_the_vectors_on(path, corpus, finished):
    after = None if finished else stop
    Word2Vec(FIRST, **SETTINGS).train(checkpoint=path, after_epoch=after)
    with pytest.raises(ValueError, match="pass the same corpus") as error:
        Word2Vec.resume(path, corpus)
    assert isinstance(error.value, OtherCorpusError)
    assert str(error.value).startswith(f"{path}: the ")
    trained = follow(error, corpus=corpus)
    assert len(trained.loss_history) == (6 if finished else 4)


RARE = ["a", "b", "c", "d"]  # each once, so that the vocabulary leaves them out
FREQUENT = [["sun", "moon", "moon"], ["star", "moon", "moon"]] * 30


@pytest.mark.parametrize(
    "corpus, text",
    [
        ([RARE, *FREQUENT[::-1]], "another corpus of 184 tokens, as many as this one"),
        ([RARE, *FREQUENT[1:-1][::-1]], "over 184 tokens, this corpus has 178"),
        ([["x"] * 200, *FREQUENT], "this corpus has 380, 180 of them in the vocab"),
    ],
    ids=["order", "shorter", "other words"],
)
def test_both_counts_of_tokens_have_unknown_words(path, corpus, text):
    """Encoding drops unknown words if the order of the vocabulary is another one."""
    settings = SETTINGS | {"min_count": 5}
    first = [*FREQUENT, RARE]
    Word2Vec(first, **settings).train(checkpoint=path, after_epoch=stop)
    with pytest.raises(OtherCorpusError) as error:
        Word2Vec.resume(path, corpus)
    assert text in str(error.value) and "in the same order" in str(error.value)


def test_the_error_can_be_pickled():
    error = OtherCorpusError("other words", "pass the same corpus")
    twin = pickle.loads(pickle.dumps(error))
    assert str(twin) == "other words: pass the same corpus"
    assert twin.difference == "other words"
