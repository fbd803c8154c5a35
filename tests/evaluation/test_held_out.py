"""`evaluate_loss` equals a brute-force calculation; perplexity follows from it."""

import math
from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest

from w2vfast import Corpus, Word2Vec
from w2vfast import kernels as builds
from w2vfast.evaluation.held_out import HeldOutLoss
from w2vfast.kernels.arguments import LOSSES
from w2vfast.sampling.huffman import huffman_tree

WINDOW, WORDS = 3, 60
MODELS = [
    (loss, architecture, mean)
    for loss, (architecture, mean) in product(
        LOSSES, [("skipgram", True), ("cbow", True), ("cbow", False)]
    )
]


def sentences(number, seed):
    """Yield sentences of 0 to 11 words; low numbers are frequent and co-occur."""
    rng = np.random.default_rng(seed)
    for length in rng.integers(0, 12, number):
        first = rng.integers(0, WORDS // 2)
        yield [f"w{first + w}" for w in rng.geometric(0.15, length) % (WORDS // 2)]


TRAINING = list(sentences(400, 1))
#: Every seventh word is unknown to the model.
TEXT = [
    [word if i % 7 else "unheard" for i, word in enumerate(sentence)]
    for sentence in sentences(60, 2)
]


def model_of(loss="negative_sampling", architecture="skipgram", mean=True, **changes):
    fixed = {"vector_size": 20, "window": WINDOW, "min_count": 1, "epochs": 3}
    return Word2Vec(
        TRAINING, loss=loss, architecture=architecture, cbow_mean=mean, workers=1,
        **{**fixed, "alpha": 0.1, "sample": 0, **changes},
    )  # fmt: skip


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """Return a function: settings → path of a trained model, trained once."""
    folder, known = tmp_path_factory.mktemp("models"), {}

    def path(*setting):
        if setting not in known:
            known[setting] = folder / f"{len(known)}.w2v"
            model_of(*setting).train().save(known[setting])
        return known[setting]

    return path


@pytest.fixture(params=MODELS, ids=lambda m: f"{m[0]}-{m[1]}-{m[2]:d}")
def model(request, saved, build):
    return Word2Vec.load(saved(*request.param), kernels=build, workers=1)


def embeddings(model):
    return [t.astype(np.float64) for t in (model.wv.vectors, model.outside_vectors)]


def windows(model, text):
    """Yield (centre, outside words); unknown words are removed first."""
    number, n = model.wv.key_to_index, model.parameters.window
    for sentence in text:
        s = [number[word] for word in sentence if word in number]
        for i, centre in enumerate(s):
            yield centre, s[max(0, i - n) : i] + s[i + 1 : i + 1 + n]


def softmax_loss(h, o, U):
    """Return -log(e_o / sum e); the scores are too small to overflow."""
    e = np.exp(U @ h)
    return -math.log(e[o] / e.sum())


def tree_loss(h, o, U, tree):
    path = slice(tree.offsets[o], tree.offsets[o + 1])
    p = 1 / (1 + np.exp(-tree.labels[path] * (U[tree.nodes[path]] @ h)))
    return -math.log(p.prod())


def losses_of(model, text):
    """Yield the loss of every pair (CBOW: of every centre with a context)."""
    V, U = embeddings(model)
    tree = huffman_tree(model.vocabulary.counts)
    for centre, around in windows(model, text):
        pairs = [(V[centre], o) for o in around]
        if model.parameters.cbow and around:
            rows = V[around]
            h = rows.mean(axis=0) if model.parameters.cbow_mean else rows.sum(axis=0)
            pairs = [(h, centre)]
        for h, o in pairs:
            in_tree = model.parameters.loss == "hierarchical_softmax"
            yield tree_loss(h, o, U, tree) if in_tree else softmax_loss(h, o, U)


@pytest.mark.parametrize("workers", [1, 3])
def test_loss_equals_brute_force(model, workers):
    losses = list(losses_of(model, TEXT))
    result = model.evaluate_loss(TEXT, workers=workers)
    assert result.pairs == len(losses) > 250
    assert result.loss == pytest.approx(np.mean(losses), rel=2e-6)
    assert type(result.loss) is float
    assert np.std(losses) > 0.3  # the losses differ: the check means something
    assert abs(np.mean(losses) - math.log(WORDS)) > 0.02
    assert result.perplexity == pytest.approx(math.exp(np.mean(losses)), rel=1e-5)


def test_loss_equals_the_co_occurrence_formula(saved, build):
    """J = sum_c [n_c log Z_c - sum_o n_co u_o.v_c]."""
    model = Word2Vec.load(saved("softmax", "skipgram", True), kernels=build)
    V, U = embeddings(model)
    n = np.zeros((len(V), len(U)))
    for centre, around in windows(model, TEXT):
        np.add.at(n[centre], around, 1)
    scores = V @ U.T
    log_z = np.log(np.exp(scores).sum(axis=1))
    J = n.sum(axis=1) @ log_z - (n * scores).sum()
    result = model.evaluate_loss(TEXT)
    assert result.loss * result.pairs == pytest.approx(J, rel=2e-6)


@pytest.mark.parametrize("workers", [1, 3])
def test_log_z_is_computed_once_for_every_word(saved, build, monkeypatch, workers):
    real, computed = builds.load(build), []

    def log_partition(arguments, first, last, out):
        computed.extend(range(first, last))
        real.log_partition(arguments, first, last, out)

    fake = SimpleNamespace(evaluate=real.evaluate, log_partition=log_partition)
    model = Word2Vec.load(saved("softmax", "skipgram", True), workers=workers)
    monkeypatch.setattr(builds, "load", lambda name: fake)
    model.evaluate_loss([["w1", "w2"]])
    assert sorted(computed) == list(range(len(model.wv)))


def test_workers_agree_on_many_blocks(kjv, build):
    """There are several blocks of tokens and several ranges of words for log Z."""
    if build == "reference":
        pytest.skip("the reference is too slow for the whole book")
    for architecture in ("skipgram", "cbow"):
        model = Word2Vec(
            kjv, vector_size=8, max_final_vocab=300, architecture=architecture,
            workers=1, epochs=1, kernels=build,
        ).train()  # fmt: skip
        one, three = (model.evaluate_loss(kjv, workers=n) for n in (1, 3))
        assert one.pairs == three.pairs > 100_000
        assert one.loss == pytest.approx(three.loss, rel=1e-12)


@pytest.mark.parametrize("architecture", ["skipgram", "cbow"])
def test_untrained_model_has_loss_log_v(build, architecture):
    """Its outside vectors are zero, so all V words have the same probability."""
    model = model_of(architecture=architecture, kernels=build)
    result = model.evaluate_loss(TEXT)
    assert result.loss == pytest.approx(math.log(len(model.wv)), rel=1e-7)
    assert result.perplexity == pytest.approx(len(model.wv), rel=1e-6)


@pytest.mark.parametrize("loss", LOSSES)
def test_training_lowers_the_loss_of_other_text(loss):
    """The text has the same distribution as the training text."""
    model = model_of(loss)
    text = list(sentences(200, 5))
    before = model.evaluate_loss(text).loss
    assert model.train().evaluate_loss(text).loss < before - 0.2


def test_evaluation_ignores_sample_and_shrink_windows():
    plain = model_of().train()
    other = model_of(sample=1e-4, shrink_windows=True, chunk_size=1)
    other._state.centre[:] = plain._state.centre
    other._state.outside[:] = plain._state.outside
    assert other.evaluate_loss(TEXT) == plain.evaluate_loss(TEXT)


@pytest.mark.parametrize("loss", LOSSES)
def test_sample_drops_frequent_words_reproducibly(build, saved, loss):
    model = Word2Vec.load(saved(loss, "skipgram", True), kernels=build)
    whole = model.evaluate_loss(TEXT)
    thin = [model.evaluate_loss(TEXT, sample=3e-3, workers=n) for n in (1, 1, 3)]
    assert 0 < thin[0].pairs < 0.7 * whole.pairs
    assert thin[0] == thin[1]
    assert thin[2].pairs == thin[0].pairs
    assert thin[0].loss != whole.loss
    with pytest.raises(ValueError, match=r"sample=-1.*at least 0"):
        model.evaluate_loss(TEXT, sample=-1)


@pytest.mark.parametrize(
    ("loss", "perplexity"), [(0.0, 1), (1.0, math.e), (800.0, math.inf)]
)
def test_perplexity_is_the_exponential_of_the_loss(loss, perplexity):
    assert HeldOutLoss(loss, 3).perplexity == perplexity
    assert HeldOutLoss(math.log(50), 3).perplexity == pytest.approx(50)


@pytest.mark.parametrize("architecture", ["skipgram", "cbow"])
def test_large_losses_are_not_clamped(build, architecture):
    """Scores of a softmax are not clamped; a perplexity beyond float64 is inf."""
    model = model_of("softmax", architecture, kernels=build)
    model._state.centre[:, :20] = 10
    model._state.outside[:] = 0
    model._state.outside[0, 0] = 100
    first, second, third = model.wv.index_to_key[:3]
    result = model.evaluate_loss([[second, third]] * 3)
    assert result == HeldOutLoss(pytest.approx(1000), 6)
    assert result.perplexity == math.inf
    assert model.evaluate_loss([[first, first]]).loss == 0


# The text --------------------------------------------------------------------------


def test_every_kind_of_corpus_gives_the_same_loss(tmp_path, saved):
    model = Word2Vec.load(saved("softmax", "skipgram", True))
    path = tmp_path / "text.txt"
    path.write_text("\n".join(map(" ".join, TEXT)) + "\n")
    expected = model.evaluate_loss(TEXT, workers=1)
    kinds = [path, str(path), [path], map(tuple, TEXT), Corpus(TEXT), Corpus(path)]
    for kind in kinds:
        assert model.evaluate_loss(kind, workers=1) == expected


def test_evaluation_leaves_the_corpus_unchanged(saved):
    model, corpus = Word2Vec.load(saved("softmax", "skipgram", True)), Corpus(TEXT)
    ids = corpus.ids.copy()
    assert model.evaluate_loss(corpus) == model.evaluate_loss(corpus)
    assert np.array_equal(corpus.ids, ids)


@pytest.mark.parametrize("loss", LOSSES)
def test_text_without_a_pair_is_an_error(build, saved, loss):
    model = Word2Vec.load(saved(loss, "skipgram", True), kernels=build)
    lonely = [["w1"], ["w2", "unheard"], []]
    with pytest.raises(ValueError, match=r"no two known words .* in one window"):
        model.evaluate_loss(lonely)


def test_text_without_known_words_is_an_error(saved):
    model = Word2Vec.load(saved("softmax", "skipgram", True))
    with pytest.raises(ValueError, match="empty"):
        model.evaluate_loss([])
    with pytest.raises(ValueError, match="no token of the corpus is in the vocabulary"):
        model.evaluate_loss([["unheard", "of"]])


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("matrix", ["centre", "outside"])
def test_non_finite_vectors_are_an_error(model, matrix, value):
    getattr(model._state, matrix)[0, 3] = value
    with pytest.raises(FloatingPointError, match="infinite or NaN"):
        model.evaluate_loss(TEXT)


# The model stays unchanged ---------------------------------------------------------


@pytest.mark.parametrize(("loss", "architecture", "mean"), MODELS)
def test_evaluation_leaves_the_model_unchanged(loss, architecture, mean):
    plain = model_of(loss, architecture, mean).train()
    evaluated = model_of(loss, architecture, mean).train()
    before, history = embeddings(evaluated), list(evaluated.loss_history)
    parameters, corpus = evaluated.parameters, evaluated.corpus
    evaluated.evaluate_loss(TEXT, sample=1e-3)
    assert all(map(np.array_equal, embeddings(evaluated), before))
    assert evaluated.loss_history == history
    assert evaluated.parameters == parameters
    assert evaluated.corpus is corpus
    plain.train()
    evaluated.train()
    assert all(map(np.array_equal, embeddings(evaluated), embeddings(plain)))
    assert evaluated.loss_history == plain.loss_history


def test_evaluation_gives_a_loaded_model_no_corpus(saved):
    model = Word2Vec.load(saved("softmax", "skipgram", True))
    model.evaluate_loss(TEXT)
    assert model.corpus is None
    with pytest.raises(ValueError, match="no corpus"):
        model.train()
