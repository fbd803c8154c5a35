"""Bad parameters: every error says what was given, what is expected, how to fix it."""

import math
from itertools import product

import numpy as np
import pytest

from w2vfast import Word2Vec, distributed
from w2vfast.kernels.arguments import LOSSES
from w2vfast.training.parameters import ARCHITECTURES, MAX_SIZE

SENTENCES = [["a", "b", "c", "d"], ["b", "a"]] * 5


def model(**parameters):
    return Word2Vec(
        SENTENCES, **{"min_count": 1, "workers": 1, "sample": 0} | parameters
    )


WHOLE = ["vector_size", "window", "min_count", "negative", "epochs"]


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("value", [0, -1, 2**31, 2**70])
def test_whole_number_out_of_range_is_an_error(name, value):
    with pytest.raises(ValueError, match=rf"{name}={value}: expected a whole number"):
        model(**{name: value})


@pytest.mark.parametrize(
    "name", ["window", "negative", "chunk_size", "shared_negatives"]
)
@pytest.mark.parametrize("value", [MAX_SIZE + 1, 2**31 - 1])
def test_parameters_that_set_memory_use_have_a_maximum(name, value):
    """With 2**31 - 1, computed array sizes would overflow."""
    with pytest.raises(ValueError, match=rf"{name}={value}: .* to {MAX_SIZE:,}$"):
        model(**{name: value})
    assert getattr(model(**{name: MAX_SIZE}).parameters, name) == MAX_SIZE


@pytest.mark.parametrize("name", [*WHOLE, "seed", "chunk_size", "shared_negatives"])
@pytest.mark.parametrize("value", [1.5, 2.0, "3", True, [5], math.nan])
def test_other_types_are_not_whole_numbers(name, value):
    with pytest.raises(TypeError, match=rf"{name}=.*: expected a whole number"):
        model(**{name: value})


@pytest.mark.parametrize("name", sorted({*WHOLE} - {"negative"}))
def test_none_is_not_a_whole_number(name):
    with pytest.raises(TypeError, match=f"{name}=None"):
        model(**{name: None})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("seed", -1),
        ("seed", 2**64),
        ("max_final_vocab", 1),
        ("max_final_vocab", 0),
        ("max_final_vocab", -5),
        ("chunk_size", 0),
        ("chunk_size", -256),
        ("shared_negatives", -1),
        ("sample", -1e-3),
        ("sample", math.nan),
        ("sample", math.inf),
        ("alpha", 0),
        ("alpha", -0.025),
        ("alpha", math.nan),
        ("alpha", math.inf),
        ("alpha", 10**400),
        ("min_alpha", -1e-4),
        ("min_alpha", 0.5),
        ("min_alpha", math.nan),
        ("ns_exponent", math.nan),
        ("ns_exponent", math.inf),
        ("ns_exponent", 101),
        ("ns_exponent", -1e308),
        ("architecture", "skip-gram"),
        ("architecture", "CBOW"),
        ("architecture", 1),
        ("architecture", None),
        ("loss", "hs"),
        ("loss", True),
        ("shrink_windows", 1),
        ("cbow_mean", "yes"),
        ("cbow_exact", None),
        ("workers", 0),
        ("workers", -1),
    ],
)
def test_value_out_of_range_is_an_error(name, value):
    with pytest.raises(ValueError, match=rf"{name}=.*: expected"):
        model(**{name: value})


@pytest.mark.parametrize("name", ["sample", "alpha", "min_alpha", "ns_exponent"])
@pytest.mark.parametrize("value", ["0.1", None, True, 1j, [0.1]])
def test_other_types_are_not_numbers(name, value):
    if value is None and name in ("sample", "alpha", "ns_exponent"):
        assert getattr(model(**{name: None}).parameters, name) > 0
        return
    with pytest.raises(TypeError, match=rf"{name}=.*: expected a number"):
        model(**{name: value})


@pytest.mark.parametrize("value", ["2", 1.5, True, [2]])
def test_workers_must_be_a_whole_number_or_none(value):
    with pytest.raises(TypeError, match=r"workers=.*expected a whole number.*None"):
        model(workers=value)


def test_error_lists_the_choices():
    with pytest.raises(ValueError, match="expected one of 'skipgram', 'cbow'"):
        model(architecture="glove")


# Combinations ----------------------------------------------------------------------


CBOWS = [
    {"architecture": "cbow", "cbow_mean": mean, "cbow_exact": exact}
    for mean, exact in product([False, True], repeat=2)
]


@pytest.mark.parametrize("shrink_windows", [False, True])
@pytest.mark.parametrize("architecture", [{"architecture": "skipgram"}, *CBOWS])
@pytest.mark.parametrize("loss", LOSSES)
def test_every_combination_trains(build, loss, architecture, shrink_windows):
    m = model(
        loss=loss,
        **architecture,
        shrink_windows=shrink_windows,
        kernels=build,
        epochs=30,
        alpha=0.1,
        vector_size=8,
    ).train()
    assert m.loss_history[-1] < 0.99 * m.loss_history[0]
    assert np.isfinite(m.wv.vectors).all()


@pytest.mark.parametrize(
    "sampling",
    [{"negative": 3}, {"negative": 20, "ns_exponent": 1}, {"shared_negatives": 0}],
)
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_every_negative_sampling_parameter_trains(build, architecture, sampling):
    fixed = {"architecture": architecture, "kernels": build, "epochs": 30}
    m = model(**fixed, alpha=0.1, **sampling).train()
    assert m.loss_history[-1] < 0.97 * m.loss_history[0]


@pytest.mark.parametrize("switch", [{"cbow_exact": True}, {"cbow_mean": False}])
def test_cbow_parameters_with_skipgram_are_errors(switch):
    with pytest.raises(ValueError, match=r"cbow_.* with architecture='skipgram'.*cbow"):
        model(**switch)


@pytest.mark.parametrize("loss", ["softmax", "hierarchical_softmax"])
@pytest.mark.parametrize(
    ("name", "value"),
    [("negative", 7), ("negative", 0), ("ns_exponent", 0.75), ("shared_negatives", 16)],
)
def test_negative_sampling_parameters_with_other_losses_are_errors(loss, name, value):
    with pytest.raises(
        ValueError,
        match=rf"{name}={value} with loss='{loss}': only loss='negative_sampling' has "
        rf"negative, ns_exponent, shared_negatives; leave {name} out",
    ):
        model(loss=loss, **{name: value})


def test_unknown_loss_error_lists_the_losses():
    with pytest.raises(
        ValueError,
        match="loss='hs': expected one of 'negative_sampling', 'softmax', "
        "'hierarchical_softmax'",
    ):
        model(loss="hs")


def test_unknown_parameter_is_an_error():
    with pytest.raises(TypeError, match="vectorsize"):
        model(vectorsize=100)


def test_numpy_numbers_are_accepted():
    m = model(
        vector_size=np.int64(8),
        window=np.uint8(2),
        alpha=np.float32(0.05),
        seed=2**64 - 1,
    )
    assert m.parameters.vector_size == 8
    assert m.train().wv.vectors.shape == (4, 8)


# Parameters of train() -------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["vector_size", "min_count", "architecture", "loss", "seed"]
)
def test_fixed_parameters_in_train_are_errors(name):
    with pytest.raises(TypeError, match=rf"{name} is fixed.*train\(\) takes .*alpha"):
        model().train(**{name: 7})


def test_unknown_parameter_in_train_is_an_error():
    with pytest.raises(
        TypeError, match=r"alhpa is unknown to train\(\): did you mean alpha=0.1\?$"
    ):
        model().train(alhpa=0.1)


def test_names_are_checked_before_a_corpus_is_read():
    for name in ("alhpa", "resume"):
        with pytest.raises(TypeError, match=f"{name} is unknown"):
            model().train("no such corpus.txt", **{name: 0.1})


def test_no_advice_of_train_leads_to_another_error():
    for name, fixed in [
        *(("sg", "architecture"), ("cbow", "architecture"), ("hs", "loss")),
        *(("max_vocab_size", "max_final_vocab"), ("Size", "vector_size")),
    ]:
        with pytest.raises(TypeError, match=f"{fixed} is fixed once the model exists"):
            model().train(**{name: 1})
    with pytest.raises(TypeError, match=r"with Word2Vec\(vocabulary="):
        model().train(trim_rule=None)


def test_a_distributed_run_names_what_it_lacks():
    for name, answer in [
        ("resume", r"call w2vfast\.distributed\.resume\(path, corpus\)"),
        ("trim_rule", "only a run of one process has it"),
        ("callbacks", "only a run of one process has it"),
    ]:
        with pytest.raises(TypeError, match=answer):
            distributed.train("no such corpus.txt", 2, **{name: "run.ckpt"})


@pytest.mark.parametrize(
    ("name", "value"), [("epochs", 0), ("alpha", -1), ("window", 0)]
)
def test_parameters_of_train_are_checked(name, value):
    m = model()
    with pytest.raises(ValueError, match=f"{name}="):
        m.train(**{name: value})
    assert m.loss_history == []
    m.train()


@pytest.mark.parametrize("workers", [0, -1])
def test_workers_of_train_are_checked(workers):
    with pytest.raises(ValueError, match=f"workers={workers}"):
        model().train(workers=workers)
