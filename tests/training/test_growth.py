"""Rows and tree nodes that two models share; the vocabulary of an extended model."""

import logging

import numpy as np
import pytest

from w2vfast.corpus import Corpus, Vocabulary
from w2vfast.kernels.arguments import LOSSES
from w2vfast.sampling.huffman import huffman_tree
from w2vfast.training.growth import copy_rows, ended, grown_vocabulary, same_nodes
from w2vfast.training.parameters import Parameters
from w2vfast.training.state import ModelState, TrainingState

WORDS = [f"w{i}" for i in range(30)]


def separated_sets(tree, words):
    """Return the two sets of words below the children of each node, from the paths."""
    sets = {node: (set(), set()) for node in range(len(tree.offsets) - 2)}
    for number, word in enumerate(words):
        path = slice(*tree.offsets[word : word + 2])
        pairs = zip(tree.nodes[path].tolist(), tree.labels[path], strict=True)
        for node, label in pairs:
            sets[node][int(label < 0)].add(number)
    return sets


def expected_nodes(old, new, old_words, new_words):
    """Return {old node: (new node, sign)}, by comparing all pairs of sets."""
    found = {}
    old_sets = separated_sets(old, old_words)
    for node, (left, right) in separated_sets(new, new_words).items():
        for old_node, sides in old_sets.items():
            if left and right and sides in ((left, right), (right, left)):
                found[old_node] = (node, 1 if sides == (left, right) else -1)
    return found


def found_nodes(*trees_and_words):
    old_nodes, new_nodes, signs = same_nodes(*trees_and_words)
    assert signs.dtype == np.float32
    pairs = zip(new_nodes.tolist(), signs.tolist(), strict=True)
    return dict(zip(old_nodes.tolist(), pairs, strict=True))


def random_state(loss, words, counts, seed=0, vector_size=5, architecture="skipgram"):
    p = Parameters(loss=loss, vector_size=vector_size, architecture=architecture)
    state = ModelState.initial(p, Vocabulary(words, counts))
    rng = np.random.default_rng(seed)
    for matrix in (state.centre_vectors, state.outside_vectors):
        matrix[:] = rng.normal(size=matrix.shape)
    return state


# Trees -----------------------------------------------------------------------------


def test_nodes_that_separate_the_same_words():
    old = huffman_tree(np.array([40, 20, 10, 5]))
    words = np.arange(4)
    old_nodes, new_nodes, signs = same_nodes(old, old, words, words)
    assert sorted(old_nodes.tolist()) == [0, 1, 2]
    assert old_nodes.tolist() == new_nodes.tolist()
    assert (signs == 1).all()
    # A rare fifth word goes below the last node: all old decisions are still there.
    grown = huffman_tree(np.array([40, 20, 10, 5, 1]))
    old_nodes, new_nodes, signs = same_nodes(old, grown, words, words)
    assert sorted(old_nodes.tolist()) == [0, 1, 2]
    assert (signs == 1).all()
    for word in range(4):
        path = slice(*old.offsets[word : word + 2])
        longer = slice(*grown.offsets[word : word + 2])
        moved = dict(zip(old_nodes.tolist(), new_nodes.tolist(), strict=True))
        kept = dict(zip(grown.nodes[longer], grown.labels[longer], strict=True))
        for node, label in zip(old.nodes[path].tolist(), old.labels[path], strict=True):
            assert kept[moved[node]] == label
    # With other frequencies the root separates other words.
    other = huffman_tree(np.array([5, 10, 20, 40]))
    assert 0 not in same_nodes(old, other, words, words)[1]


@pytest.mark.parametrize("seed", range(20))
def test_same_nodes_equal_a_comparison_of_all_sets(seed):
    rng = np.random.default_rng(seed)
    n_old, n_new = rng.integers(2, 12, 2)
    common = int(rng.integers(0, min(n_old, n_new) + 1))
    old, new = (huffman_tree(rng.integers(0, 9, n)) for n in (n_old, n_new))
    old_words = rng.permutation(n_old)[:common]
    new_words = rng.permutation(n_new)[:common]
    args = (old, new, old_words, new_words)
    assert found_nodes(*args) == expected_nodes(*args)


def test_a_node_whose_children_are_swapped_has_the_sign_minus_one():
    old, new = huffman_tree(np.array([9, 1])), huffman_tree(np.array([1, 9]))
    words = np.arange(2)
    assert found_nodes(old, new, words, words) == {0: (0, -1)}


def test_a_swapped_node_keeps_its_probabilities():
    old = random_state("hierarchical_softmax", ["a", "b"], [9, 1])
    new = ModelState.initial(old.parameters, Vocabulary(["a", "b"], [1, 9]))
    copy_rows(old, new)
    labels = [huffman_tree(m.vocabulary.counts).labels for m in (old, new)]
    assert labels[0].tolist() == (-labels[1]).tolist()
    assert np.array_equal(new.outside[0], -old.outside[0])


# Rows ------------------------------------------------------------------------------


@pytest.mark.parametrize("target_loss", LOSSES)
@pytest.mark.parametrize("source_loss", LOSSES)
def test_rows_follow_their_words_in_any_order(source_loss, target_loss):
    source = random_state(source_loss, WORDS, np.arange(60, 30, -1))
    words = ["new", *reversed(WORDS[3:]), "newer"]
    target = ModelState.initial(
        Parameters(loss=target_loss, vector_size=5),
        Vocabulary(words, np.arange(len(words))),
    )
    initial = target.centre.copy()
    rows = copy_rows(source, target)
    assert rows.tolist() == list(range(1, 28))
    old_rows = [source.vocabulary.key_to_index[words[i]] for i in rows]
    assert np.array_equal(target.centre[rows], source.centre[old_rows])
    assert np.array_equal(target.centre[[0, 28]], initial[[0, 28]])
    tree_alone = "hierarchical_softmax"
    n = target.n_word_rows
    assert n == (0 if target_loss == tree_alone else len(words))
    if tree_alone not in (source_loss, target_loss):
        assert np.array_equal(target.outside[rows], source.outside[old_rows])
        assert not target.outside[[0, 28]].any()
    else:
        assert not target.outside[:n].any()
    nodes = target.outside[n:]
    if not source_loss.endswith(tree_alone) or not target_loss.endswith(tree_alone):
        assert not nodes.any()
        return
    trees = (huffman_tree(m.vocabulary.counts) for m in (source, target))
    expected = expected_nodes(*trees, old_rows, rows)
    assert expected
    vectors = np.zeros_like(nodes)
    for old_node, (node, sign) in expected.items():
        vectors[node] = sign * source.outside[source.n_word_rows + old_node]
    assert np.array_equal(nodes, vectors)


# Vocabulary ------------------------------------------------------------------------


def test_old_words_come_first_and_counts_add_up(caplog):
    old = Vocabulary(["b", "a", "never"], [5, 3, 0])
    text = [["x"] * 2 + ["y"] * 4 + ["z"] * 4 + ["a"] * 7 + ["b"]]
    with caplog.at_level(logging.INFO, "w2vfast"):
        grown = grown_vocabulary(old, Corpus(text), min_count=3)
    assert grown.index_to_key == ["b", "a", "never", "y", "z"]
    assert grown.counts.tolist() == [6, 10, 0, 4, 4]
    assert old.counts.tolist() == [5, 3, 0]
    assert "2 new words, found 8 times; 2 of 3 old words, found 8 times" in caplog.text


def test_old_words_count_even_below_min_count():
    grown = grown_vocabulary(Vocabulary(["a"], [1]), Corpus([["a", "b", "b"]]), 2)
    assert (grown.index_to_key, grown.counts.tolist()) == (["a", "b"], [2, 2])


def test_counts_of_an_encoded_corpus_are_its_own_tokens():
    """Its `counts` are those of the vocabulary that it was encoded with."""
    corpus = Corpus([["a", "a", "b", "c"]])
    for words in (["a", "b"], ["b", "a"]):  # shared ids, new ids
        encoded = corpus.encode(Vocabulary(words, [100, 200]))
        grown = grown_vocabulary(Vocabulary(["a"], [1]), encoded, 1)
        assert (grown.index_to_key, grown.counts.tolist()) == (["a", "b"], [3, 1])


def test_no_new_word_is_a_warning(caplog):
    grown = grown_vocabulary(Vocabulary(["a"], [1]), Corpus([["a", "b"]]), 2)
    assert (grown.index_to_key, grown.counts.tolist()) == (["a"], [2])
    assert [r.levelname for r in caplog.records if r.levelname != "INFO"] == ["WARNING"]
    assert "no new word with min_count=2" in caplog.text


def test_a_corpus_without_any_word_to_train_is_an_error():
    message = r"has 2 words: none .* of 1 word .*min_count=3.* 2 times\): lower"
    with pytest.raises(ValueError, match=message):
        grown_vocabulary(Vocabulary(["a"], [1]), Corpus([["x", "x", "y"]]), 3)


# Runs ------------------------------------------------------------------------------


def test_an_interrupted_run_ends_and_its_random_numbers_are_not_used_again(caplog):
    run = TrainingState(Parameters(epochs=5), 10, 1000, 2, 3, 4.0, 5, 6)
    done = ended(run)
    assert done.done
    assert done.first_epoch + done.epoch == 15
    assert (done.block, done.loss, done.pairs) == (0, 0, 0)
    assert (run.epoch, run.block) == (2, 3)
    assert "ends at epoch 3 of 5" in caplog.text


def test_a_finished_run_stays(caplog):
    run = TrainingState(Parameters(epochs=5), 0, 1000, epoch=5)
    assert ended(run) is run
    assert ended(None) is None
    assert not caplog.records
