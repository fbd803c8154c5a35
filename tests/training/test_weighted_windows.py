"""Skip-gram weights pairs by distance, where that is possible."""

import pytest

from w2vfast import Word2Vec


@pytest.mark.parametrize(
    ("options", "right"),
    [
        ({}, True),
        ({"loss": "softmax"}, True),
        ({"loss": "hierarchical_softmax"}, False),
        ({"architecture": "cbow"}, False),
        ({"shrink_windows": False}, False),
        ({"weighted_windows": False}, False),
    ],
)
def test_windows_are_weighted_where_that_is_possible(options, right):
    model = Word2Vec([["a", "b"]] * 9, min_count=1, **options)
    assert model.parameters.weighted_windows is right
    assert model.parameters.override(shrink_windows=False).weighted_windows is False


@pytest.mark.parametrize(
    "options",
    [
        {"architecture": "cbow"},
        {"loss": "hierarchical_softmax"},
        {"shrink_windows": False},
    ],
)
def test_weighted_windows_are_refused_elsewhere(options):
    with pytest.raises(ValueError, match=r"weighted_windows=True .* leave weighted_"):
        Word2Vec([["a", "b"]] * 9, min_count=1, weighted_windows=True, **options)
