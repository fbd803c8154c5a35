"""Corpora as plain text."""


def test_beginning_cuts_at_a_line_or_else_a_word(path_to_benchmarks, tmp_path):
    from harness.plain_text import beginning

    path = tmp_path / "text"
    for text, size, wanted in (
        (b"a b\nc d\ne f\n", 9, b"a b\nc d\n"),
        (b"aa bb cc", 7, b"aa bb\n"),
        (b"aa bb", 99, b"aa bb\n"),
    ):
        path.write_bytes(text)
        with beginning(path, size) as cut:
            assert cut.read_bytes() == wanted
        assert not cut.exists()
