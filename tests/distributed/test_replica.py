"""One replica: what a round depends on, and what it refuses."""

import numpy as np
import pytest

from w2vfast import kernels
from w2vfast.corpus.text_options import TextOptions
from w2vfast.distributed import divide, number_words
from w2vfast.distributed.replica import Job, Model, Replica, Update
from w2vfast.distributed.rounds import Round
from w2vfast.distributed.rows import Rows
from w2vfast.training.parameters import Parameters

PARAMETERS = Parameters(vector_size=16, min_count=2, alpha=0.05, sample=0.0)


@pytest.fixture
def started(text):
    """Return a function that makes a replica of a number, and the first update."""

    def start(number=0, p=PARAMETERS):
        (shard,) = divide(text, 1)
        build = kernels.resolve("auto")
        replica = Replica(Job(number, shard, TextOptions(), build, 1))
        vocabulary = number_words([replica.encode()], 2)
        replica.number(Model(p, vocabulary.index_to_key, vocabulary.counts))
        rows = np.random.default_rng(0).normal(size=(len(vocabulary), 16)) * 0.1
        numbers = np.arange(len(vocabulary), dtype=np.int32)
        whole = Rows(numbers, rows.astype(np.float32))
        return replica, Update(whole, whole, 0, True)

    return start


def test_a_round_depends_on_replica_and_epoch_but_not_on_its_number(started):
    found = {}
    for number, epoch, round_ in [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 7)]:
        replica, update = started(number)
        result = replica.train(Round(epoch, round_, 0, 1), update)
        found[number, epoch, round_] = result.centre.values.tobytes()
    assert found[0, 0, 7] == found.pop((0, 0, 0))
    assert len({*found.values()}) == 3


def test_the_seed_of_the_run_counts_in_every_replica(started):
    results = [
        started(
            1,
            PARAMETERS
            if seed == 1
            else Parameters(**vars(PARAMETERS) | {"seed": seed}),
        )
        for seed in (1, 2)
    ]
    one, two = (replica.train(Round(0, 0, 0, 1), update) for replica, update in results)
    assert one.centre.values.tobytes() != two.centre.values.tobytes()


def test_a_round_starts_from_the_merged_vectors(started):
    replica, update = started()
    first = replica.train(Round(0, 0, 0, 1), update)
    back = Update(
        *(
            rows._replace(values=update.centre.values[rows.numbers], visits=None)
            for rows in (first.centre, first.outside)
        ),
        1,
        False,
    )
    again = replica.train(Round(0, 0, 0, 1), back)
    np.testing.assert_array_equal(first.centre.values, again.centre.values)
    np.testing.assert_array_equal(first.outside.values, again.outside.values)


def test_changes_of_another_merge_are_refused(started):
    replica, update = started()
    replica.train(Round(0, 0, 0, 1), update)
    late = update._replace(version=2, is_whole=False)
    with pytest.raises(RuntimeError, match=r"has version 0 .*changes of version 2"):
        replica.train(Round(0, 1, 1, 2), late)
    replica.train(Round(0, 1, 1, 2), late._replace(is_whole=True))
    replica.train(Round(0, 2, 2, 3), late._replace(version=3))
