"""White space is found from the left and from the right."""

from hypothesis import given, settings
from hypothesis import strategies as st

from w2vfast.corpus._white_space import find_white, rfind_white

WHITE = b" \t\n\r\v\f"


@settings(deadline=None)
@given(st.binary(max_size=20), st.integers(-2, 22))
def test_find_white_and_rfind_white_find_the_nearest(data, start):
    white = [i for i in range(max(start, 0), len(data)) if data[i] in WHITE]
    if 0 <= start < len(data):
        assert find_white(data, start) == (white[0] if white else len(data))
        assert rfind_white(data, start) == (white[-1] if white else start - 1)
    else:
        assert find_white(data, start) == len(data)
        assert rfind_white(data, start) == start - 1
