"""What a job is made of: chunks, work units and tables, by loss."""

import numpy as np
import pytest

from w2vfast.kernels.arguments import LOSSES, zero_embeddings
from w2vfast.training import prepare
from w2vfast.training.cost import softmax_operations
from w2vfast.training.parameters import Parameters

COUNTS = np.arange(2000, 0, -1)


def job_of(loss, counts=COUNTS, **parameters):
    tables = (zero_embeddings(len(counts), 20) for _ in range(2))
    ids = np.zeros(5, np.int32)
    p = Parameters(loss=loss, vector_size=20, **parameters)
    return prepare.kernel_arguments(
        p, ids, np.array([0, 5]), counts, *tables, first_epoch=3
    )


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("words", [2, 9, 160, 2000, 50_000])
def test_few_words_make_small_chunks(loss, words):
    """A softmax's are so small that its scores take no more room than a table."""
    most = 32 if loss == "softmax" else 128
    assert Parameters(loss=loss, vector_size=20).batch_size(words) == max(
        1, min(most, words // 8)
    )
    assert Parameters(loss=loss, chunk_size=77).batch_size(words) == 77


@pytest.mark.parametrize("loss", LOSSES)
def test_work_units_hold_a_chunk_and_at_most_a_second_of_softmax(loss):
    p = Parameters(loss=loss, vector_size=300)
    assert prepare.block_size(p, 100, 500) == prepare.BLOCK_TOKENS
    assert prepare.block_size(p, 60_000, 500) >= 60_000
    many = prepare.block_size(p, 16, 30_000)
    if loss != "softmax":
        assert many == prepare.BLOCK_TOKENS
        return
    assert many < prepare.BLOCK_TOKENS
    assert many * softmax_operations(p, 30_000) == pytest.approx(2e10, rel=0.01)
    assert prepare.block_size(p, 304, 10**7) == 2 * 304


@pytest.mark.parametrize("loss", LOSSES)
def test_tables_are_those_of_the_loss(loss):
    job = job_of(loss)
    assert job.loss == loss
    samples, tree = loss == "negative_sampling", loss == "hierarchical_softmax"
    assert len(job.noise_accept) == len(job.noise_alias) == samples * len(COUNTS)
    assert (job.negative, job.shared_negatives) == ((5, 32) if samples else (0, 0))
    assert len(job.path_offsets) == (len(COUNTS) + 1 if tree else 1)
    assert len(job.path_nodes) == len(job.path_labels) == job.path_offsets[-1]
    assert job.max_path_length == (np.diff(job.path_offsets).max() if tree else 0)
    if tree:
        assert 11 <= job.max_path_length < 30
        assert set(job.path_labels.tolist()) == {-1, 1}
        assert job.path_nodes.max() == len(COUNTS) - 2


@pytest.mark.parametrize(
    ("loss", "skipgram", "cbow"),
    [
        ("negative_sampling", 0.025, 0.05),
        ("softmax", 0.025, 0.1),
        ("hierarchical_softmax", 0.025, 0.05),
    ],
)
def test_rates_to_begin_with(loss, skipgram, cbow):
    assert job_of(loss).alpha == skipgram
    assert job_of(loss, architecture="cbow").alpha == cbow
    assert job_of(loss, architecture="cbow", alpha=0.3).alpha == 0.3
