"""A copy keeps every guarantee of its original, also in another process."""

import copy
import multiprocessing
import os
import pickle
import threading

import numpy as np
import pytest

from w2vfast import Corpus, KeyedVectors, Vocabulary, Word2Vec
from w2vfast.compat.gensim import KeyedVectors as GensimVectors
from w2vfast.compat.gensim import Word2Vec as GensimModel

SENTENCES = [["sun", "moon", "star"], ["sun", "sea", "sand", "sea"]] * 50
SETTINGS = {"vector_size": 12, "min_count": 1, "sample": 0, "workers": 1, "epochs": 2}
COPIES = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    **{
        f"pickle{protocol}": lambda item, p=protocol: pickle.loads(
            pickle.dumps(item, p)
        )
        for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1)
    },
}
NEEDS_FORK = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


@pytest.fixture(params=COPIES)
def duplicate(request):
    """Return each way to copy, and a copy of a copy."""
    make = COPIES[request.param]
    return lambda item: make(make(item))


@pytest.fixture(params=[name for name in COPIES if name != "copy"])
def deep_duplicate(request):
    return COPIES[request.param]


@pytest.fixture
def wv():
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(3, 4)).astype(np.float32)
    return KeyedVectors(["a", "b", "c"], vectors, counts=np.array([3, 2, 1]))


@pytest.fixture
def model():
    return Word2Vec(SENTENCES, **SETTINGS)


def embeddings(model):
    return np.concatenate([model.wv.vectors, model.outside_vectors])


def assert_read_only(*arrays):
    for array in arrays:
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


def assert_norms_are_right(wv):
    np.testing.assert_allclose(wv.norms, np.linalg.norm(wv.vectors, axis=1), rtol=1e-6)


@pytest.mark.parametrize("cached", [False, True])
def test_keyed_vectors(wv, duplicate, cached):
    if cached:
        wv.most_similar("a")
    twin = duplicate(wv)
    assert type(twin) is KeyedVectors and twin.index_to_key == wv.index_to_key
    assert np.array_equal(twin.vectors, wv.vectors)
    assert np.array_equal(twin.counts, wv.counts)
    assert_read_only(twin.vectors, twin.norms, twin["a"], twin.vectors[1:])
    assert twin.most_similar("a") == wv.most_similar("a")
    twin.vectors = 2 * twin.vectors
    for some in (twin, wv):
        assert_norms_are_right(some)
    assert np.array_equal(twin.vectors, 2 * wv.vectors)


def test_half_precision_and_mapped_vectors(wv, duplicate, tmp_path):
    half = duplicate(wv.to_float16())
    assert half.vectors.dtype == np.float16
    assert_read_only(half.vectors)
    wv.save(tmp_path / "v.w2v")
    mapped = duplicate(KeyedVectors.load(tmp_path / "v.w2v", mmap=True))
    assert np.array_equal(mapped.vectors, wv.vectors)
    assert_read_only(mapped.vectors)
    assert_norms_are_right(mapped)


def test_vocabulary(duplicate):
    twin = duplicate(Vocabulary(["a", "b"], [5, 3]))
    assert twin.index_to_key == ["a", "b"] and twin.counts.tolist() == [5, 3]
    assert twin.key_to_index == {"a": 0, "b": 1}
    assert_read_only(twin.counts)


@pytest.mark.parametrize("limit", [None, 64])
def test_corpus(duplicate, limit):
    """With a limit the ids are in a temporary file; a copy has them in memory."""
    corpus = Corpus(SENTENCES, memory_limit=limit)
    twin = duplicate(corpus)
    for name in ("ids", "offsets", "counts"):
        assert np.array_equal(getattr(twin, name), getattr(corpus, name))
        assert_read_only(getattr(twin, name))
    assert twin.words() == corpus.words()
    vocabulary = Vocabulary(["sea", "sun"], [2, 1])
    encoded = duplicate(corpus.encode(vocabulary))
    assert encoded.vocabulary().index_to_key == ["sea", "sun"]
    assert_read_only(encoded.ids)
    twin.close()
    with pytest.raises(ValueError, match="closed"):
        _ = duplicate(twin).ids


def test_models_are_independent(model, deep_duplicate):
    whole = embeddings(Word2Vec(SENTENCES, **SETTINGS).train())
    model.train(after_epoch=lambda m: True)
    before = embeddings(model)
    twin = deep_duplicate(model)
    assert np.array_equal(embeddings(twin), before)
    assert np.array_equal(embeddings(twin.train()), whole)
    assert np.array_equal(embeddings(model), before)
    assert np.array_equal(embeddings(model.train()), whole)
    assert twin.loss_history == model.loss_history
    assert_read_only(twin.wv.vectors, twin.vocabulary.counts, twin.corpus.ids)


def test_an_interrupted_copy_refuses_another_corpus(model, deep_duplicate):
    model.train(after_epoch=lambda m: True)
    twin = deep_duplicate(model)
    with pytest.raises(ValueError, match="another corpus"):
        twin.train(SENTENCES[::-1])


def test_a_shallow_copy_of_a_model_shares_its_vectors(model):
    """It sees what training the original changes; both cannot train at once."""
    twin = copy.copy(model)
    assert np.array_equal(twin.wv.vectors, model.wv.vectors)

    def train_twin(_):
        with pytest.raises(RuntimeError, match="another train"):
            twin.train()

    model.train(after_epoch=train_twin)
    assert np.array_equal(twin.wv.vectors, model.wv.vectors)


def test_gensim_vectors_stay_writable(deep_duplicate):
    wv = GensimVectors(2)
    wv.add_vectors(["a", "b"], [[1, 2], [3, 4]])
    twin = deep_duplicate(wv)
    twin.vectors[0] = 9
    twin.add_vector("c", [5, 6])
    assert twin["a"].tolist() == [9, 9] and wv["a"].tolist() == [1, 2]
    assert "c" not in wv and len(twin) == 3
    assert twin.most_similar("a", topn=1) and wv.most_similar("a", topn=1)


def gensim_model():
    return GensimModel(SENTENCES, vector_size=8, min_count=1, workers=1, sample=0)


def train_more(model):
    model.train(SENTENCES, total_examples=len(SENTENCES), epochs=2)
    return model.wv.vectors.copy()


def test_gensim_models_are_independent(deep_duplicate):
    model = gensim_model()
    before = model.wv.vectors.copy()
    twin = deep_duplicate(model)
    twin.wv.vectors[0] = 0.25
    assert np.array_equal(model.wv.vectors, before)
    assert twin.wv.vectors.base is not None  # still a view of the trained matrix
    twin = deep_duplicate(model)
    after = train_more(twin)
    assert not np.array_equal(after, before)
    assert np.array_equal(model.wv.vectors, before)
    assert np.array_equal(train_more(model), after)


def test_a_shallow_copy_leaves_a_gensim_model_as_it_is():
    model = gensim_model()
    right = train_more(copy.deepcopy(model))
    twin = copy.copy(model)
    assert np.array_equal(train_more(model), right)
    assert np.array_equal(twin.wv.vectors, right)


@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
@pytest.mark.parametrize("method", ["spawn", pytest.param("fork", marks=NEEDS_FORK)])
@pytest.mark.parametrize("workers", [1, 3])
def test_other_processes_train_a_copy(model, method, workers):
    """Threads that trained before are no obstacle. The result is a copy, too."""
    model.train(workers=workers)
    with multiprocessing.get_context(method).Pool(1) as pool:
        task = pool.apply_async(Word2Vec.train, (model,), {"epochs": 1})
        result = task.get(60)
    assert len(result.loss_history) == 3 and len(model.loss_history) == 2
    assert_read_only(result.wv.vectors)
    assert np.array_equal(embeddings(result), embeddings(model.train(epochs=1)))


@NEEDS_FORK
@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_a_process_forked_in_a_callback_may_save_and_train(model, tmp_path):
    right = copy.deepcopy(model).train(after_epoch=lambda m: True)

    def fork(model):
        child = os.fork()
        if child == 0:
            try:
                model.save(tmp_path / "m.w2v")
                copy.deepcopy(model).train(epochs=1)
                os._exit(0)
            except BaseException:
                os._exit(1)
        assert os.waitpid(child, 0)[1] == 0
        return True

    model.train(after_epoch=fork)
    assert np.array_equal(
        embeddings(Word2Vec.load(tmp_path / "m.w2v")), embeddings(right)
    )


@NEEDS_FORK
@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_a_process_forked_in_a_kernel_call_refuses_to_save(
    model, tmp_path, wrap_kernels
):
    """Its copy has a block that is half trained, and no thread that finishes it."""
    inside, leave = threading.Event(), threading.Event()

    def wait(train, *call):
        inside.set()
        leave.wait(120)
        return train(*call)

    wrap_kernels(wait)
    thread = threading.Thread(target=model.train)
    thread.start()
    inside.wait(120)
    child = os.fork()
    if child == 0:
        failures = 0
        for use in (lambda: model.save(tmp_path / "m.w2v"), model.train):
            try:
                use()
            except RuntimeError as error:
                failures += "forked while train() changed the model" in str(error)
        os._exit(failures)
    leave.set()
    thread.join()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 2
    assert not list(tmp_path.iterdir())
