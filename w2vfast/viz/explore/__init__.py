"""One page for a browser that searches word vectors and shows them on a map."""
