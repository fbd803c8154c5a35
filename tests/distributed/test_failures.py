import numpy as np
import pytest

from w2vfast import DivergedError
from w2vfast.distributed import ReplicaLostError, TooManyRestartsError, resume, train


def losing(method, numbers, after=False):
    """Return a function that loses a replica before or after some calls of a method."""

    def act(called, number, call):
        lost = called == method and number in numbers
        if lost and not after:
            raise ReplicaLostError("killed")
        result = call()
        if lost:
            raise ReplicaLostError("killed")
        return result

    return act


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(
    ("method", "numbers"),
    [
        ("encode", {0, 2}),
        ("number", {1}),
        ("train", {0}),
        ("train", {4, 5, 6}),
        ("train", {*range(3, 8)}),
    ],
)
def test_lost_replicas_do_not_change_a_bit(
    text, parameters, expected, assert_same, flaky_engine, method, numbers, after
):
    engine = flaky_engine(losing(method, numbers, after))
    assert_same(train(text, 3, engine=engine, **parameters), expected)
    assert engine.lost and engine.running == 0


def test_restarts_are_bounded(text, parameters, flaky_engine, tmp_path):
    engine = flaky_engine(losing("train", {*range(4, 1000)}))
    with pytest.raises(
        TooManyRestartsError, match=r"replica 1 was lost 4 times.*resume"
    ):
        train(text, 3, engine=engine, max_restarts=3, **parameters)
    assert engine.running == 0 and engine.calls["train"] == 4 + 1 + 3


def test_a_changed_file_is_refused_after_a_restart(
    tmp_path, write_text, parameters, flaky_engine
):
    path = write_text(tmp_path / "corpus.txt")

    def act(method, number, call):
        if method == "train" and number == 3:
            path.write_text(path.read_text().replace("12 ", "21 "))
            raise ReplicaLostError("killed")
        return call()

    engine = flaky_engine(act)
    with pytest.raises(ValueError, match=r"shard has changed.*corpus.txt.*restore"):
        train(path, 3, engine=engine, **parameters)
    assert engine.running == 0


def damaged(change):
    """Return a function that changes the fifth result of `train`."""

    def act(method, number, call):
        result = call()
        return change(result) if (method, number) == ("train", 4) else result

    return act


def with_nan(result):
    result.centre.values[3, 2] = np.nan
    checksum = result.centre.checksum() ^ result.outside.checksum()
    return result._replace(checksum=checksum)


def with_flipped_bit(result):
    result.outside.values.view(np.int32)[0, 0] ^= 1
    return result


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (with_nan, DivergedError, "replica 1, epoch 1, round 2.*NaN.*smaller alpha"),
        (lambda r: r._replace(loss=np.inf), DivergedError, "infinite"),
        (with_flipped_bit, ValueError, "replica 1, epoch 1, round 2.*checksum"),
        (lambda r: r._replace(replica=0), ValueError, "result of replica 0"),
        (lambda r: r._replace(round=r.round._replace(epoch=2)), ValueError, "epoch=2"),
        (
            lambda r: r._replace(
                centre=r.centre._replace(numbers=r.centre.numbers + 9)
            ),
            ValueError,
            "must ascend",
        ),
    ],
)
def test_a_damaged_result_is_an_error_and_never_merged(
    text, parameters, assert_same, expected, flaky_engine, tmp_path, change, error,
    message,
):  # fmt: skip
    path = tmp_path / "run.ckpt"
    given = parameters | {"checkpoint": path, "every": "1 token"}
    with pytest.raises(error, match=message):
        train(text, 3, engine=flaky_engine(damaged(change)), **given)
    assert_same(resume(path, text, progress=False), expected)


def test_an_error_of_a_replica_is_raised_as_it_is(text, parameters, flaky_engine):
    def act(method, number, call):
        if method == "number":
            raise MemoryError("no memory")
        return call()

    engine = flaky_engine(act)
    with pytest.raises(MemoryError, match="no memory"):
        train(text, 3, engine=engine, **parameters)
    assert engine.running == 0
