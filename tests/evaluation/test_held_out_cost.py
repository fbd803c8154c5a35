"""The time estimate of `evaluate_loss` and the warning before it starts."""

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
#: 210 tokens in the vocabulary and 90 outside it.
TEXT = [[f"w{i % WORDS}" for i in range(7)] + ["unheard"] * 3] * 30


def model(**parameters):
    fixed = {"min_count": 1, "sample": 0, "workers": 1, "vector_size": 100}
    return Word2Vec(SENTENCES, **fixed | parameters)


def evaluation_arguments(model, text=TEXT, sample=0.0):
    """Return the parameters and kernel arguments that `evaluate_loss` makes."""
    p = evaluation_parameters(model.parameters, sample)
    return p, model_arguments(model._state, Corpus(text).encode(model.vocabulary), p)


def seconds(text=TEXT, workers=1, build="avx2", sample=0.0, **parameters):
    return held_out_seconds(
        *evaluation_arguments(model(**parameters), text, sample), workers, build
    )


@pytest.fixture(autouse=True)
def many_cores(monkeypatch):
    monkeypatch.setattr(cost.threads, "available", lambda: 8)


@pytest.fixture
def slow(monkeypatch):
    """Set every build's speed to one operation a second, so any softmax warns."""
    for build in OPERATIONS_PER_SECOND:
        monkeypatch.setitem(OPERATIONS_PER_SECOND, build, 1.0)


# The estimate ----------------------------------------------------------------------


@pytest.mark.parametrize("loss", ["negative_sampling", "softmax"])
@pytest.mark.parametrize(
    ("architecture", "softmaxes"), [("skipgram", WORDS), ("cbow", 210)]
)
def test_seconds_equal_operations_over_speed(loss, architecture, softmaxes):
    """Each softmax takes one product of 2 * words * vector_size operations."""
    operations = softmaxes * 2 * WORDS * 100
    found = seconds(loss=loss, architecture=architecture)
    assert found == pytest.approx(operations / OPERATIONS_PER_SECOND["avx2"])


@pytest.mark.parametrize(
    ("changes", "skipgram", "cbow"),
    [
        ({"vector_size": 300}, 3, 3),
        ({"workers": 4}, 1 / 4, 1 / 4),
        ({"workers": 99}, 1 / 8, 1 / 8),  # no more than the 8 cores
        ({"text": TEXT * 10}, 1, 10),
        ({"max_final_vocab": WORDS // 2}, 1 / 4, 1 / 2),
        (
            {"build": "base"},
            *2 * [OPERATIONS_PER_SECOND["avx2"] / OPERATIONS_PER_SECOND["base"]],
        ),
        ({"window": 9, "chunk_size": 1, "epochs": 99, "negative": 50}, 1, 1),
    ],
)
def test_seconds_scale_with_sizes_and_threads(changes, skipgram, cbow):
    for architecture, factor in (("skipgram", skipgram), ("cbow", cbow)):
        found = seconds(architecture=architecture, **changes)
        assert found == pytest.approx(factor * seconds(architecture=architecture))


def test_skipgram_estimate_counts_every_word_once(monkeypatch):
    """The estimate equals the kernels' calls for any text."""
    real, computed = builds.load("reference").log_partition, []

    def log_partition(arguments, first, last, out):
        computed.extend(range(first, last))
        real(arguments, first, last, out)

    monkeypatch.setattr(builds.load("reference"), "log_partition", log_partition)
    m = model(kernels="reference")
    for text in (TEXT, [["w1", "w2"]]):
        computed.clear()
        m.evaluate_loss(text)
        assert n_softmaxes(evaluation_arguments(m, text)[1]) == len(computed) == WORDS


def test_cbow_estimate_counts_the_kept_tokens(kjv):
    """Every known and kept token needs a softmax and is one term of the mean."""
    m = Word2Vec(kjv, architecture="cbow", vector_size=4, max_final_vocab=300)
    for sample in (0, 1e-3):
        p = evaluation_parameters(m.parameters, sample)
        estimated = n_softmaxes(model_arguments(m._state, kjv.encode(m.vocabulary), p))
        assert m.evaluate_loss(kjv, sample=sample).pairs == pytest.approx(
            estimated, rel=0.01
        )


def test_sample_reduces_the_estimate_to_the_kept_share():
    text = [["a"] * 900 + ["b", "c"] * 50]
    m = Word2Vec(text, architecture="cbow", min_count=1, sample=0, vector_size=4)
    ratio = 0.01 * 1000 / np.array([900, 50, 50])
    kept = np.minimum(1, np.sqrt(ratio) + ratio) @ [900, 50, 50]
    assert n_softmaxes(evaluation_arguments(m, text, 0.01)[1]) == pytest.approx(kept)


# The warning -----------------------------------------------------------------------


@pytest.mark.usefixtures("slow")
@pytest.mark.parametrize("loss", ["negative_sampling", "softmax"])
@pytest.mark.parametrize(
    ("architecture", "text", "suggests_part"),
    [
        (
            "skipgram",
            "40 softmaxes .* one for each word of the vocabulary: about 4 days",
            False,
        ),
        ("cbow", "210 softmaxes .* one for each known token .*: about 19 days", True),
    ],
)
def test_warning_names_the_time_and_faster_options(
    loss, architecture, text, suggests_part
):
    """At one operation a second, a softmax of 2 * 40 * 100 takes two hours."""
    m = model(loss=loss, architecture=architecture)
    with pytest.warns(UserWarning, match=text) as caught:
        m.evaluate_loss(TEXT)
    (warning,) = caught
    assert warning.filename == __file__
    message = str(warning.message)
    assert "over 40 words and 100 dimensions" in message
    assert "max_final_vocab" in message
    assert ("a part of the corpus" in message) == suggests_part


@pytest.mark.usefixtures("slow")
def test_warning_comes_before_any_kernel_call(monkeypatch):
    """Warnings are errors in the tests, so no kernel may be loaded."""
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
def test_warning_threshold_equals_that_of_training(monkeypatch, architecture, workers):
    """The estimate uses the model's build and the call's workers."""
    m = model(architecture=architecture, kernels="reference", workers=8)
    softmaxes = WORDS if architecture == "skipgram" else 210
    limit = softmaxes * 2 * WORDS * 100 / WARNING_SECONDS / workers
    monkeypatch.setitem(OPERATIONS_PER_SECOND, "reference", limit * 1.001)
    m.evaluate_loss(TEXT, workers=workers)
    monkeypatch.setitem(OPERATIONS_PER_SECOND, "reference", limit * 0.999)
    with pytest.warns(UserWarning, match="about 10 minutes"):
        m.evaluate_loss(TEXT, workers=workers)


@pytest.mark.usefixtures("slow")
@pytest.mark.parametrize("architecture", ["skipgram", "cbow"])
def test_hierarchical_softmax_never_warns(architecture):
    m = model(loss="hierarchical_softmax", architecture=architecture)
    assert n_softmaxes(evaluation_arguments(m)[1]) == 0
    assert m.evaluate_loss(TEXT).pairs > 0
