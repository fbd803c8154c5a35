"""The large text: the same for a seed, a name for each rank, the given lengths."""

from collections import Counter

import numpy as np
import pytest


@pytest.fixture(autouse=True)
def text(path_to_benchmarks, monkeypatch):
    from harness.scale import text

    monkeypatch.setattr(text, "BLOCK", 2000)
    return text


def test_a_longer_text_begins_with_the_shorter_one(text, tmp_path):
    for name, size, seed in (
        ("short", 9_000, 1),
        ("long", 50_000, 1),
        ("other", 9_000, 2),
    ):
        text.write_text(tmp_path / name, size, seed)
    short, long, other = (
        (tmp_path / n).read_bytes() for n in ("short", "long", "other")
    )
    assert long.startswith(short)
    assert other != short
    for written, size in ((short, 9_000), (long, 50_000)):
        assert size - 1000 < len(written) <= size
        assert written.endswith(b"\n")
        assert b"\0" not in written


def test_every_rank_has_a_name_of_its_own(text):
    first, more = 0, 105 + 105**2 + 105**3
    ranks = np.concatenate(
        [np.arange(first, 20_000), np.arange(more - 50, more + 50_000)]
    )
    largest = text.MAX_RANK
    ranks = np.append(ranks, [largest - 1, largest])
    ends = np.array([4, len(ranks) - 1])
    written = text.text_of(ranks.copy(), ends, text.Names.make())
    lines = written.decode().splitlines()
    assert [len(line.split()) for line in lines] == [5, len(ranks) - 5]
    assert len(set(written.split())) == len(ranks)


def test_ranks_follow_the_law(text):
    random = np.random.default_rng(1)
    drawn = text.draw_ranks(random, 200_000)
    counts = Counter(drawn.tolist())
    assert drawn.min() == 0

    def share(rank):
        bounds = (np.array([rank, rank + 1]) + text.SHIFT) ** (1 - text.EXPONENT)
        return (bounds[0] - bounds[1]) / text.SHIFT ** (1 - text.EXPONENT)

    for rank in (0, 1, 10, 100):
        assert counts[rank] / len(drawn) == pytest.approx(share(rank), rel=0.15)


def test_sentences_have_the_lengths_of_a_text(text, tmp_path):
    (tmp_path / "given").write_text("a b c\n\nd e f\ng h i\n")
    lengths = text.sentence_lengths(tmp_path / "given")
    assert lengths.tolist() == [3, 3, 3]
    text.write_text(tmp_path / "made", 9_000, 1, lengths)
    made = [len(line.split()) for line in (tmp_path / "made").read_text().splitlines()]
    # Except at the end of a block.
    assert made[:600] == [3] * 600
