"""Packages that use gensim's classes work with the layer, unmodified."""

from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np
import pytest

from w2vfast.compat.gensim.weights import COMBINED
from w2vfast.kernels.arguments import LOSSES

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "gensim_suite" / "clients.py"
#: Clients that train, and the least figure; gensim has .97, .94, .95, .70 and 1.
TRAINING = {
    "node2vec": 0.8,
    "pecanpy": 0.8,
    "karateclub": 0.8,
    "spec2vec": 0.5,
    "scattertext": 0.95,
}
#: Clients that only use given vectors.
GIVEN = ("wefe", "contextualized_topic_models")

pytestmark = [
    pytest.mark.skipif(not SCRIPT.is_file(), reason="the benchmarks are missing"),
    pytest.mark.filterwarnings("ignore"),
]


@pytest.fixture(scope="module")
def clients():
    """The module with the workloads of the clients."""
    specification = spec_from_file_location("clients", SCRIPT)
    module = module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def need(client):
    for name in (client, "gensim"):
        if find_spec(name) is None:
            pytest.skip(f"{name} is not installed")
    if client == "karateclub" and COMBINED not in LOSSES:
        pytest.skip("the kernels lack the combined loss")


def with_layer(clients, client):
    """Return the figure with the layer; the client is imported first."""
    __import__(client)
    clients.CLIENTS[client](0)
    with clients.redirected(client):
        return clients.CLIENTS[client](0)


@pytest.mark.parametrize("client", TRAINING)
def test_training(clients, client):
    need(client)
    assert with_layer(clients, client) >= TRAINING[client]


@pytest.mark.parametrize("client", GIVEN)
def test_given_vectors(clients, client):
    need(client)
    theirs = clients.CLIENTS[client](0)
    assert np.isclose(with_layer(clients, client), theirs, atol=1e-5)


def test_names_are_restored(clients):
    models = pytest.importorskip("gensim.models")
    before = models.Word2Vec
    with clients.redirected("none"):
        assert models.Word2Vec.__module__.startswith("w2vfast")
    assert models.Word2Vec is before
