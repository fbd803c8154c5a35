"""The peers of w2vfast: their losses, their differences, and which are installed."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

NEGATIVE_SAMPLING = "negative_sampling"
BOTH = "negative_sampling+hierarchical_softmax"
#: The losses of each peer, and how to select them. gensim has switches, fastText names.
PEER_LOSSES: dict[str, dict[str, Any]] = {
    "gensim": {
        NEGATIVE_SAMPLING: {"hs": 0},
        "hierarchical_softmax": {"hs": 1},
        BOTH: {"hs": 1},
    },
    "fasttext": {
        NEGATIVE_SAMPLING: "ns",
        "hierarchical_softmax": "hs",
        "softmax": "softmax",
    },
}
PEERS = tuple(PEER_LOSSES)
#: Differences that no parameter removes; the peer's name comes before each text.
DIFFERENCES = {
    "gensim": (
        "reads the corpus through corpus_file. It cuts sentences after 10,000 words. "
        "With several workers its learning rate does not reach min_alpha"
    ),
    "fasttext": (
        "draws negatives in proportion to count ** 0.5; no parameter changes this. Its "
        "learning rate falls to 0. It trains the end of a line as a word. It reads the "
        "text and looks up its words in every epoch, which is part of its training "
        "time. Its training time is the time of a whole run minus the time of a run "
        "of 0 epochs"
    ),
}


def installed(peer: str) -> bool:
    """Return whether a peer can be imported."""
    return find_spec(peer) is not None
