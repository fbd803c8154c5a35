"""`Rounds` refuses wrong numbers, and has totals when a group is trained."""

import re
import threading

import pytest

from w2vfast.kernels.arguments import LOSSES, MAX_STREAMS

SETTING = {"block_size": 61, "streams": 2, "words": 40}  # 4 blocks


def test_arguments_of_ordinary_training_are_refused(kernels, make_arguments):
    arguments = make_arguments(**SETTING | {"streams": 0})
    with pytest.raises(ValueError, match=f"streams=0: expected 1 to {MAX_STREAMS}"):
        kernels.Rounds(arguments)


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [(0, 3, "0 to 3"), (1, 9, "1 to 4"), (5, 6, "5 to 4")],
)
def test_groups_of_other_sizes_are_refused(kernels, make_arguments, first, last, found):
    rounds = kernels.Rounds(make_arguments(**SETTING))
    with pytest.raises(
        ValueError, match=re.escape(f"blocks {found}: expected up to 2 of 4 blocks")
    ):
        rounds.begin(0, first, last)


@pytest.mark.parametrize(("epoch", "first", "last"), [(-1, 0, 1), (2, 0, 1), (0, 2, 1)])
def test_blocks_and_epochs_beyond_the_run_are_refused(
    kernels, make_arguments, epoch, first, last
):
    rounds = kernels.Rounds(make_arguments(**SETTING))
    with pytest.raises(ValueError, match="expected"):
        rounds.begin(epoch, first, last)


@pytest.fixture(params=LOSSES)
def arguments(request, make_arguments, copy_arguments):
    """Return arguments of each loss, with as many streams as it can have, up to 2."""
    streams = 1 if request.param == "softmax" else 2
    setting = SETTING | {"loss": request.param, "streams": streams}
    return copy_arguments(make_arguments(**setting))


def test_totals_exist_when_the_group_is_trained(kernels, arguments):
    rounds = kernels.Rounds(arguments, 3)
    for first in (0, 4):  # the last group begins behind the last block: it is empty
        rounds.begin(0, first, first + 1)
        assert rounds.totals() is None or first == 4
        threads = [threading.Thread(target=rounds.work) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        value, pairs, centres, finite = rounds.totals()
        assert (value > 0, pairs > 0, centres > 0) == ((first == 0),) * 3
        assert finite is True
        rounds.work()  # the group is trained already
        assert rounds.totals() == (value, pairs, centres, finite)


def test_a_group_is_stopped_by_a_number_that_is_not_finite(kernels, arguments):
    arguments.outside[:, 0] = float("inf")
    rounds = kernels.Rounds(arguments)
    rounds.begin(0, 0, arguments.streams)
    rounds.work()
    assert rounds.totals()[3] is False
