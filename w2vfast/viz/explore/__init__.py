"""One page for a browser that searches word vectors and shows them on a map."""

from w2vfast.viz.explore.options import DEFAULT_TOP, MAX_TOP, METHODS, PageOptions
from w2vfast.viz.explore.page import write_page

__all__ = ["DEFAULT_TOP", "MAX_TOP", "METHODS", "PageOptions", "write_page"]
