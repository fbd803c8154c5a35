"""Product baskets with latent categories."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from harness.small.sample import Sample, Scores, own_group, unit_rows
from w2vfast import KeyedVectors

#: Products in a basket.
BASKET = 8
#: Share of products from any category instead of the basket's two.
NOISE = 0.2
#: Products of a category are bought in proportion to rank ** -EXPONENT.
EXPONENT = 0.8
#: Baskets that are not trained; the last product of each is predicted.
TESTS = 500
HITS = 10


def baskets(products: int, categories: int, tokens: int) -> Callable[[int], Sample]:
    """Return a function that draws baskets and their scores."""

    def draw(seed: int) -> Sample:
        rng = np.random.default_rng(seed)
        count = tokens // BASKET
        drawn = _draw(products, categories, count + TESTS, rng)
        sentences = [[f"p{n}" for n in row] for row in drawn]
        size = products // categories
        group = {f"p{n}": n // size for n in range(products)}

        def scores(wv: KeyedVectors) -> Scores:
            return {
                "own category": own_group(wv, group, HITS),
                "hit rate": hit_rate(wv, sentences[count:]),
            }

        return Sample(sentences[:count], scores)

    return draw


def _draw(
    products: int, categories: int, count: int, rng: np.random.Generator
) -> np.ndarray:
    """Return the products of each basket: two categories, and noise."""
    size = products // categories
    shape = count, BASKET
    two = rng.integers(0, categories, (count, 2))
    category = two[np.arange(count)[:, None], rng.integers(0, 2, shape)]
    other = rng.random(shape) < NOISE
    category = np.where(other, rng.integers(0, categories, shape), category)
    share = np.arange(1.0, size + 1) ** -EXPONENT
    rank = rng.choice(size, shape, p=share / share.sum())
    return category * size + rank


def hit_rate(wv: KeyedVectors, tests: list[list[str]]) -> float:
    """
    Return how often a basket's last product is among the ten nearest to the others.

    The others are the sum of their unit vectors. Their own products are no answers. A
    product that was never trained counts as a miss.
    """
    place = {key: n for n, key in enumerate(wv.index_to_key)}
    unit = unit_rows(wv.vectors)
    hits = 0
    for test in tests:
        given = [place[key] for key in test[:-1] if key in place]
        if not given or test[-1] in test[:-1] or test[-1] not in place:
            continue
        cosines = unit @ unit[given].sum(0)
        cosines[given] = -np.inf
        hits += place[test[-1]] in np.argsort(-cosines)[:HITS]
    return hits / len(tests)
