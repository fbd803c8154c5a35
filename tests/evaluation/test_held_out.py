"""The loss of any text under a model, beside a brute-force calculation of it."""

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
    """Sentences of 0 to 11 words; low ones are frequent and near each other."""
    rng = np.random.default_rng(seed)
    for length in rng.integers(0, 12, number):
        first = rng.integers(0, WORDS // 2)
        yield [f"w{first + w}" for w in rng.geometric(0.15, length) % (WORDS // 2)]


TRAINING = list(sentences(400, 1))
#: Words that the model doesn't know, some of them between two that it does.
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
    """Return the path of a trained model; it is trained once."""
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


def tables(model):
    return [t.astype(np.float64) for t in (model.wv.vectors, model.outside_vectors)]


def windows(model, text):
    """Every known centre with the known words around it."""
    number, n = model.wv.key_to_index, model.parameters.window
    for sentence in text:
        s = [number[word] for word in sentence if word in number]
        for i, centre in enumerate(s):
            yield centre, s[max(0, i - n) : i] + s[i + 1 : i + 1 + n]


def softmax_loss(h, o, U):
    """-log of a quotient, as it is written; scores are small here."""
    e = np.exp(U @ h)
    return -math.log(e[o] / e.sum())


def tree_loss(h, o, U, tree):
    path = slice(tree.offsets[o], tree.offsets[o + 1])
    p = 1 / (1 + np.exp(-tree.labels[path] * (U[tree.nodes[path]] @ h)))
    return -math.log(p.prod())


def losses_of(model, text):
    """The loss of every pair (CBOW: of every centre that has a context)."""
    V, U = tables(model)
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
def test_loss_is_that_of_brute_force(model, workers):
    losses = list(losses_of(model, TEXT))
    result = model.evaluate_loss(TEXT, workers=workers)
    assert result.pairs == len(losses) > 250
    assert result.loss == pytest.approx(np.mean(losses), rel=2e-6)
    assert type(result.loss) is float
    assert np.std(losses) > 0.3  # or any loss would do
    assert abs(np.mean(losses) - math.log(WORDS)) > 0.02
    assert result.perplexity == pytest.approx(math.exp(np.mean(losses)), rel=1e-5)


def test_it_is_the_loss_of_the_co_occurrences(saved, build):
    """J = sum_c [n_c log Z_c - sum_o n_co u_o.v_c]."""
    model = Word2Vec.load(saved("softmax", "skipgram", True), kernels=build)
    V, U = tables(model)
    n = np.zeros((len(V), len(U)))
    for centre, around in windows(model, TEXT):
        np.add.at(n[centre], around, 1)
    scores = V @ U.T
    log_z = np.log(np.exp(scores).sum(axis=1))
    J = n.sum(axis=1) @ log_z - (n * scores).sum()
    result = model.evaluate_loss(TEXT)
    assert result.loss * result.pairs == pytest.approx(J, rel=2e-6)


@pytest.mark.parametrize("workers", [1, 3])
def test_log_z_is_found_once_for_every_word(saved, build, monkeypatch, workers):
    real, found = builds.load(build), []

    def log_partition(job, first, last, out):
        found.extend(range(first, last))
        real.log_partition(job, first, last, out)

    fake = SimpleNamespace(evaluate=real.evaluate, log_partition=log_partition)
    model = Word2Vec.load(saved("softmax", "skipgram", True), workers=workers)
    monkeypatch.setattr(builds, "load", lambda name: fake)
    model.evaluate_loss([["w1", "w2"]])
    assert sorted(found) == list(range(len(model.wv)))


def test_workers_agree_on_many_work_units(kjv, build):
    """Several blocks of tokens, and of words to find log Z for."""
    if build == "reference":
        pytest.skip("the slow one: some 10,000 words of a window each")
    for architecture in ("skipgram", "cbow"):
        model = Word2Vec(
            kjv, vector_size=8, max_final_vocab=300, architecture=architecture,
            workers=1, epochs=1, kernels=build,
        ).train()  # fmt: skip
        one, three = (model.evaluate_loss(kjv, workers=n) for n in (1, 3))
        assert one.pairs == three.pairs > 100_000
        assert one.loss == pytest.approx(three.loss, rel=1e-12)


@pytest.mark.parametrize("architecture", ["skipgram", "cbow"])
def test_an_untrained_model_knows_nothing(build, architecture):
    """Its outside vectors are zero: log V to the last digit, V words to guess from."""
    model = model_of(architecture=architecture, kernels=build)
    result = model.evaluate_loss(TEXT)
    assert result.loss == pytest.approx(math.log(len(model.wv)), rel=1e-7)
    assert result.perplexity == pytest.approx(len(model.wv), rel=1e-6)


@pytest.mark.parametrize("loss", LOSSES)
def test_training_lowers_it(loss):
    """On text that was not trained, down towards what the text has."""
    model = model_of(loss)
    text = list(sentences(200, 5))
    before = model.evaluate_loss(text).loss
    assert model.train().evaluate_loss(text).loss < before - 0.2


def test_windows_are_whole_and_no_token_is_left_out():
    plain = model_of().train()
    thinned = model_of(sample=1e-4, shrink_windows=True, chunk_size=1)
    thinned._state.centre[:] = plain._state.centre
    thinned._state.outside[:] = plain._state.outside
    assert thinned.evaluate_loss(TEXT) == plain.evaluate_loss(TEXT)


@pytest.mark.parametrize("loss", LOSSES)
def test_sample_thins_the_text_out(build, saved, loss):
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
def test_perplexity(loss, perplexity):
    assert HeldOutLoss(loss, 3).perplexity == perplexity
    assert HeldOutLoss(math.log(50), 3).perplexity == pytest.approx(50)


@pytest.mark.parametrize("architecture", ["skipgram", "cbow"])
def test_large_losses_are_not_cut_off(build, architecture):
    """A softmax's scores are not clamped; a perplexity without end is inf."""
    model = model_of("softmax", architecture, kernels=build)
    model._state.centre[:, :20] = 10
    model._state.outside[:] = 0
    model._state.outside[0, 0] = 100
    first, second, third = model.wv.index_to_key[:3]
    result = model.evaluate_loss([[second, third]] * 3)
    assert result == HeldOutLoss(pytest.approx(1000), 6)
    assert result.perplexity == math.inf
    assert model.evaluate_loss([[first, first]]).loss == 0


# What the text may be --------------------------------------------------------------


def test_every_kind_of_corpus(tmp_path, saved):
    model = Word2Vec.load(saved("softmax", "skipgram", True))
    path = tmp_path / "text.txt"
    path.write_text("\n".join(map(" ".join, TEXT)) + "\n")
    expected = model.evaluate_loss(TEXT, workers=1)
    kinds = [path, str(path), [path], map(tuple, TEXT), Corpus(TEXT), Corpus(path)]
    for kind in kinds:
        assert model.evaluate_loss(kind, workers=1) == expected


def test_a_corpus_may_be_judged_and_used_again(saved):
    model, corpus = Word2Vec.load(saved("softmax", "skipgram", True)), Corpus(TEXT)
    ids = corpus.ids.copy()
    assert model.evaluate_loss(corpus) == model.evaluate_loss(corpus)
    assert np.array_equal(corpus.ids, ids)


@pytest.mark.parametrize("loss", LOSSES)
def test_without_a_pair_there_is_nothing_to_judge(build, saved, loss):
    model = Word2Vec.load(saved(loss, "skipgram", True), kernels=build)
    lonely = [["w1"], ["w2", "unheard"], []]
    with pytest.raises(ValueError, match=r"no two known words .* in one window"):
        model.evaluate_loss(lonely)


def test_texts_that_are_empty_or_strange_are_refused(saved):
    model = Word2Vec.load(saved("softmax", "skipgram", True))
    with pytest.raises(ValueError, match="empty"):
        model.evaluate_loss([])
    with pytest.raises(ValueError, match="no token of the corpus is in the vocabulary"):
        model.evaluate_loss([["unheard", "of"]])


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("table", ["centre", "outside"])
def test_vectors_that_are_not_finite_are_told(model, table, value):
    getattr(model._state, table)[0, 3] = value
    with pytest.raises(FloatingPointError, match="infinite or NaN"):
        model.evaluate_loss(TEXT)


# What it leaves alone --------------------------------------------------------------


@pytest.mark.parametrize(("loss", "architecture", "mean"), MODELS)
def test_the_model_stays_as_it_is(loss, architecture, mean):
    plain = model_of(loss, architecture, mean).train()
    judged = model_of(loss, architecture, mean).train()
    before, history = tables(judged), list(judged.loss_history)
    parameters, corpus = judged.parameters, judged.corpus
    judged.evaluate_loss(TEXT, sample=1e-3)
    assert all(map(np.array_equal, tables(judged), before))
    assert judged.loss_history == history
    assert judged.parameters == parameters
    assert judged.corpus is corpus
    plain.train()
    judged.train()
    assert all(map(np.array_equal, tables(judged), tables(plain)))
    assert judged.loss_history == plain.loss_history


def test_a_loaded_model_still_has_no_corpus(saved):
    model = Word2Vec.load(saved("softmax", "skipgram", True))
    model.evaluate_loss(TEXT)
    assert model.corpus is None
    with pytest.raises(ValueError, match="no corpus"):
        model.train()
