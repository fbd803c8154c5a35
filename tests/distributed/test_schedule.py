import pytest

from w2vfast.distributed.schedule import Plan, replica_seed


@pytest.mark.parametrize(
    "tokens", [(1,), (100_000,), (99_999, 0, 7), (50_000, 49_000, 51_000), (1, 1)]
)
@pytest.mark.parametrize("merge_every", [1, 16_384, 40_000, 10**9])
def test_rounds_cover_every_block_once_and_none_is_empty(tokens, merge_every):
    plan = Plan(tokens, 16_384, merge_every)
    for replica, blocks in enumerate(plan.blocks):
        ranges = [plan.block_range(replica, n) for n in range(plan.rounds)]
        covered = [b for first, last in ranges for b in range(first, last)]
        assert covered == list(range(blocks))
    for number in range(plan.rounds):
        ranges = [plan.block_range(i, number) for i in range(len(tokens))]
        assert any(first < last for first, last in ranges)
    assert plan.tokens_before(0) == 0
    assert plan.tokens_before(plan.rounds) == sum(tokens)


def test_merge_every_is_kept_on_average():
    plan = Plan((1_000_000, 990_000), 16_384, 24_000)
    assert plan.rounds == 42 and plan.interval <= 24_000 and plan.keeps_merge_every


def test_merge_every_below_a_block_is_not_kept():
    plan = Plan((1_000_000,), 16_384, 5000)
    assert plan.rounds == len(range(0, 1_000_000, 16_384))
    assert not plan.keeps_merge_every
    assert Plan((3000,), 16_384, 5000).keeps_merge_every


def test_replicas_have_seeds_of_their_own():
    seeds = [replica_seed(7, replica) for replica in range(1000)]
    assert seeds[0] == 7 and len({*seeds}) == 1000
    assert all(0 <= seed < 2**64 for seed in seeds)
    assert replica_seed(8, 1) != seeds[1]
