"""Peers train what they are asked to."""

from importlib.util import find_spec

import pytest


@pytest.mark.parametrize("peer", ["gensim", "fasttext"])
def test_a_peer_trains_each_of_its_losses(peer, corpus, path_to_benchmarks):
    if find_spec(peer) is None:
        pytest.skip(f"{peer} is not installed")
    from harness.peers.registry import PEER_LOSSES
    from harness.peers.task import Task
    from harness.peers.trainers import TRAINERS

    first_vectors = set()
    for loss in PEER_LOSSES[peer]:
        task = Task(peer, str(corpus), "skipgram", loss, 8, alpha=0.1, epochs=1)
        first_vectors.add(tuple(TRAINERS[peer](task).vectors()["w0"].tolist()))
    assert len(first_vectors) == len(PEER_LOSSES[peer]) > 1
