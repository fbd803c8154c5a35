"""How long an exact loss will take, and the warning before it."""

import numpy as np
import pytest

from w2vfast import Corpus, Word2Vec
from w2vfast import kernels as builds
from w2vfast.evaluation.held_out import evaluation_parameters
from w2vfast.evaluation.held_out_cost import held_out_seconds, n_softmaxes
from w2vfast.training import cost
from w2vfast.training.cost import OPERATIONS_PER_SECOND, WARNING_SECONDS
from w2vfast.training.prepare import model_arguments

WORDS = 40
SENTENCES = [[f"w{i}" for i in range(WORDS)]] * 3
#: 210 known words and 90 that no model here knows.
TEXT = [[f"w{i % WORDS}" for i in range(7)] + ["unheard"] * 3] * 30


def model(**parameters):
    fixed = {"min_count": 1, "sample": 0, "workers": 1, "vector_size": 100}
    return Word2Vec(SENTENCES, **fixed | parameters)


def judged(model, text=TEXT, sample=0.0):
    """The parameters and the job that evaluate_loss makes."""
    p = evaluation_parameters(model.parameters, sample)
    return p, model_arguments(model._state, Corpus(text).encode(model.vocabulary), p)


def seconds(text=TEXT, workers=1, build="avx2", sample=0.0, **parameters):
    return held_out_seconds(*judged(model(**parameters), text, sample), workers, build)


@pytest.fixture(autouse=True)
def many_cores(monkeypatch):
    monkeypatch.setattr(cost.threads, "available", lambda: 8)


@pytest.fixture
def slow(monkeypatch):
    """Let every build be so slow that any softmax is worth a warning."""
    for build in OPERATIONS_PER_SECOND:
        monkeypatch.setitem(OPERATIONS_PER_SECOND, build, 1.0)


# What there is to do ---------------------------------------------------------------


@pytest.mark.parametrize("loss", ["negative_sampling", "softmax"])
@pytest.mark.parametrize(
    ("architecture", "softmaxes"), [("skipgram", WORDS), ("cbow", 210)]
)
def test_seconds_by_hand(loss, architecture, softmaxes):
    """One product of 2 words * vector_size operations for every softmax."""
    operations = softmaxes * 2 * WORDS * 100
    found = seconds(loss=loss, architecture=architecture)
    assert found == pytest.approx(operations / OPERATIONS_PER_SECOND["avx2"])


@pytest.mark.parametrize(
    ("changes", "skipgram", "cbow"),
    [
        ({"vector_size": 300}, 3, 3),
        ({"workers": 4}, 1 / 4, 1 / 4),
        ({"workers": 99}, 1 / 8, 1 / 8),  # the cores there are
        ({"text": TEXT * 10}, 1, 10),
        ({"max_final_vocab": WORDS // 2}, 1 / 4, 1 / 2),
        (
            {"build": "base"},
            *2 * [OPERATIONS_PER_SECOND["avx2"] / OPERATIONS_PER_SECOND["base"]],
        ),
        ({"window": 9, "chunk_size": 1, "epochs": 99, "negative": 50}, 1, 1),
    ],
)
def test_what_seconds_grow_with(changes, skipgram, cbow):
    for architecture, factor in (("skipgram", skipgram), ("cbow", cbow)):
        found = seconds(architecture=architecture, **changes)
        assert found == pytest.approx(factor * seconds(architecture=architecture))


def test_log_z_is_found_of_all_words_in_skip_gram(monkeypatch):
    """Held against the kernels' calls, whatever the text has and leaves out."""
    real, found = builds.load("reference").log_partition, []

    def log_partition(job, first, last, out):
        found.extend(range(first, last))
        real(job, first, last, out)

    monkeypatch.setattr(builds.load("reference"), "log_partition", log_partition)
    m = model(kernels="reference")
    for text in (TEXT, [["w1", "w2"]]):
        found.clear()
        m.evaluate_loss(text)
        assert n_softmaxes(judged(m, text)[1]) == len(found) == WORDS


def test_tokens_are_counted_as_cbow_works_them_off(kjv):
    """Each has a softmax, and a term of the mean, if it is known and kept."""
    m = Word2Vec(kjv, architecture="cbow", vector_size=4, max_final_vocab=300)
    for sample in (0, 1e-3):
        p = evaluation_parameters(m.parameters, sample)
        estimated = n_softmaxes(model_arguments(m._state, kjv.encode(m.vocabulary), p))
        assert m.evaluate_loss(kjv, sample=sample).pairs == pytest.approx(
            estimated, rel=0.01
        )


def test_sample_takes_the_share_that_is_kept_of_each_word():
    text = [["a"] * 900 + ["b", "c"] * 50]
    m = Word2Vec(text, architecture="cbow", min_count=1, sample=0, vector_size=4)
    ratio = 0.01 * 1000 / np.array([900, 50, 50])
    kept = np.minimum(1, np.sqrt(ratio) + ratio) @ [900, 50, 50]
    assert n_softmaxes(judged(m, text, 0.01)[1]) == pytest.approx(kept)


# The warning -----------------------------------------------------------------------


@pytest.mark.usefixtures("slow")
@pytest.mark.parametrize("loss", ["negative_sampling", "softmax"])
@pytest.mark.parametrize(
    ("architecture", "text", "parted"),
    [
        (
            "skipgram",
            "40 softmaxes .* one for each word of the vocabulary: about 4 days",
            False,
        ),
        ("cbow", "210 softmaxes .* one for each known token .*: about 19 days", True),
    ],
)
def test_the_warning_says_what_it_takes_and_what_is_less(
    loss, architecture, text, parted
):
    """At an operation a second a softmax of 2 * 40 * 100 takes two hours."""
    m = model(loss=loss, architecture=architecture)
    with pytest.warns(UserWarning, match=text) as caught:
        m.evaluate_loss(TEXT)
    (warning,) = caught
    assert warning.filename == __file__
    message = str(warning.message)
    assert "over 40 words and 100 dimensions" in message
    assert "max_final_vocab" in message
    assert ("a part of the corpus" in message) == parted


@pytest.mark.usefixtures("slow")
def test_it_comes_before_the_work(monkeypatch):
    """Here warnings are errors: nothing is begun."""
    real = builds.load("base")
    monkeypatch.setattr(builds, "load", lambda name: pytest.fail("kernels were loaded"))
    m = model(kernels="base")
    with pytest.raises(UserWarning, match="evaluate_loss"):
        m.evaluate_loss(TEXT)
    monkeypatch.setattr(builds, "load", lambda name: real)
    with pytest.warns(UserWarning, match="evaluate_loss"):
        assert m.evaluate_loss(TEXT).loss == pytest.approx(np.log(WORDS))


@pytest.mark.parametrize("architecture", ["skipgram", "cbow"])
@pytest.mark.parametrize("workers", [1, 3])
def test_patience_is_that_of_training(monkeypatch, architecture, workers):
    """For the model's build and the call's workers."""
    m = model(architecture=architecture, kernels="reference", workers=8)
    softmaxes = WORDS if architecture == "skipgram" else 210
    just = softmaxes * 2 * WORDS * 100 / WARNING_SECONDS / workers
    monkeypatch.setitem(OPERATIONS_PER_SECOND, "reference", just * 1.001)
    m.evaluate_loss(TEXT, workers=workers)
    monkeypatch.setitem(OPERATIONS_PER_SECOND, "reference", just * 0.999)
    with pytest.warns(UserWarning, match="about 10 minutes"):
        m.evaluate_loss(TEXT, workers=workers)


@pytest.mark.usefixtures("slow")
@pytest.mark.parametrize("architecture", ["skipgram", "cbow"])
def test_a_tree_is_never_warned_of(architecture):
    m = model(loss="hierarchical_softmax", architecture=architecture)
    assert n_softmaxes(judged(m)[1]) == 0
    assert m.evaluate_loss(TEXT).pairs > 0
