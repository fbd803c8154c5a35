"""Kernel arguments by loss: batch size, block size, sampling tables and trees."""

import numpy as np
import pytest

from w2vfast.kernels.arguments import LOSSES, zero_embeddings
from w2vfast.sampling.huffman import huffman_tree
from w2vfast.sampling.subsampling import keep_probability, keep_thresholds
from w2vfast.training import prepare
from w2vfast.training.cost import softmax_operations
from w2vfast.training.parameters import Parameters

COUNTS = np.arange(2000, 0, -1)


def arguments_for(loss, counts=COUNTS, **parameters):
    p = Parameters(loss=loss, vector_size=20, **parameters)
    n_outside = p.outside_rows(len(counts))
    centre, outside = zero_embeddings(len(counts), 20), zero_embeddings(n_outside, 20)
    ids = np.zeros(5, np.int32)
    return prepare.kernel_arguments(
        p, ids, np.array([0, 5]), counts, centre, outside, first_epoch=3
    )


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("words", [2, 9, 160, 2000, 50_000])
def test_small_vocabularies_have_small_batches(loss, words):
    """Softmax batches are smaller still: scores take no more memory than a matrix."""
    largest = 32 if loss == "softmax" else 128
    assert Parameters(loss=loss, vector_size=20).batch_size(words, 10**9) == max(
        1, min(largest, words // 8)
    )
    assert Parameters(loss=loss, chunk_size=77).batch_size(words, 10**9) == 77


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("tokens", [1, 10_000, 58_000, 400_000, 10**7])
def test_small_corpora_have_small_batches(loss, tokens):
    largest = 32 if loss == "softmax" else 128
    assert Parameters(loss=loss, vector_size=20).batch_size(5000, tokens) == max(
        1, min(largest, tokens // 16384)
    )
    assert Parameters(loss=loss, chunk_size=77).batch_size(5000, tokens) == 77


@pytest.mark.parametrize("loss", LOSSES)
def test_blocks_hold_a_batch_and_at_most_a_second_of_softmax(loss):
    p = Parameters(loss=loss, vector_size=300)
    assert prepare.block_size(p, 100, 500) == prepare.BLOCK_TOKENS
    assert prepare.block_size(p, 60_000, 500) >= 60_000
    size = prepare.block_size(p, 16, 30_000)
    if loss != "softmax":
        assert size == prepare.BLOCK_TOKENS
        return
    assert size < prepare.BLOCK_TOKENS
    assert size * softmax_operations(p, 30_000) == pytest.approx(2e10, rel=0.01)
    assert prepare.block_size(p, 304, 10**7) == 2 * 304


@pytest.mark.parametrize("loss", LOSSES)
def test_arguments_contain_only_the_arrays_of_the_loss(loss):
    arguments = arguments_for(loss)
    assert arguments.loss == loss
    samples = loss.startswith("negative_sampling")
    tree = loss.endswith("hierarchical_softmax")
    assert (
        len(arguments.noise_accept)
        == len(arguments.noise_alias)
        == samples * len(COUNTS)
    )
    assert (arguments.negative, arguments.shared_negatives) == (
        (5, 32) if samples else (0, 0)
    )
    assert len(arguments.path_offsets) == (len(COUNTS) + 1 if tree else 1)
    assert (
        len(arguments.path_nodes)
        == len(arguments.path_labels)
        == arguments.path_offsets[-1]
    )
    assert arguments.max_path_length == (
        np.diff(arguments.path_offsets).max() if tree else 0
    )
    if tree:
        assert 11 <= arguments.max_path_length < 30
        assert set(arguments.path_labels.tolist()) == {-1, 1}
        words = len(COUNTS) if samples else 0  # with both losses, nodes follow words
        assert arguments.path_nodes.max() == words + len(COUNTS) - 2


@pytest.mark.parametrize(
    ("loss", "skipgram", "cbow"),
    [
        ("negative_sampling", 0.025, 0.075),
        ("softmax", 0.025, 0.1),
        ("hierarchical_softmax", 0.025, 0.05),
    ],
)
def test_initial_learning_rate_by_loss_and_architecture(loss, skipgram, cbow):
    assert arguments_for(loss).alpha == skipgram
    assert arguments_for(loss, architecture="cbow").alpha == cbow
    assert arguments_for(loss, architecture="cbow", alpha=0.3).alpha == 0.3


@pytest.mark.parametrize("loss", LOSSES)
def test_arguments_have_the_epoch_and_the_subsampling_of_the_run(loss):
    arguments = arguments_for(loss, sample=1e-4)
    assert arguments.first_epoch == 3
    right = keep_thresholds(keep_probability(COUNTS, 1e-4))
    assert arguments.keep_thresholds.tolist() == right.tolist()
    assert right.min() < 2**31


def test_paths_of_both_losses_begin_with_the_row_of_their_word():
    tree = huffman_tree(np.array([5, 2, 1]))
    offsets, nodes, labels = prepare.paths_with_words(tree)
    assert offsets.tolist() == [0, 2, 5, 8]
    assert nodes.tolist() == [0, 3, 1, 3, 4, 2, 3, 4]
    assert labels.tolist() == [1, -1, 1, 1, -1, 1, 1, 1]


@pytest.mark.parametrize(
    ("loss", "expected"),
    [
        ("negative_sampling", [0, 0.5, 2]),
        ("softmax", [0, 0.5, 2]),
        ("hierarchical_softmax", [1, 1, 1]),
        ("negative_sampling+hierarchical_softmax", [0, 0.5, 2, 1, 1, 1]),
    ],
)
def test_factors_of_outside_rows_are_those_of_words_and_1_for_nodes(loss, expected):
    p = Parameters(loss=loss)
    centre, outside = zero_embeddings(3, 100), zero_embeddings(len(expected), 100)
    scale = np.array([0, 0.5, 2], np.float32)
    arguments = prepare.kernel_arguments(
        p, np.zeros(5, np.int32), np.array([0, 5]), np.array([5, 2, 1]), centre,
        outside, 0, scale, scale,
    )  # fmt: skip
    assert arguments.outside_scale.tolist() == expected
    assert arguments.centre_scale.tolist() == [0, 0.5, 2]


@pytest.mark.parametrize(
    ("architecture", "negative", "expected"),
    [
        ("skipgram", 5, 32),
        ("skipgram", 10, 64),
        ("skipgram", 20, 128),
        ("cbow", 5, 32),
        ("cbow", 15, 96),
        ("cbow", 1, 16),
    ],
)
def test_shared_negatives_grow_with_negative(architecture, negative, expected):
    p = Parameters(architecture=architecture, negative=negative)
    assert p.n_shared_negatives == expected


@pytest.mark.parametrize(
    ("options", "tokens"),
    [
        ({}, 1 << 14),
        ({"vector_size": 1000, "shared_negatives": 128}, 1 << 14),
        ({"shared_negatives": 65536}, 508),
        ({"shared_negatives": 0, "chunk_size": 1}, 1 << 14),
        ({"shared_negatives": 0, "chunk_size": 128, "negative": 1000}, 128),
        ({"negative": 65536}, 128),
    ],
)
def test_blocks_are_short_enough_to_stop_soon(options, tokens):
    """Training stops between blocks only; a block takes about a second at most."""
    p = Parameters(**options)
    assert prepare.block_size(p, p.batch_size(50_000, 10**8), 50_000) == tokens
