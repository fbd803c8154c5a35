"""Files of the TensorBoard projector."""

import numpy as np
import pytest

from w2vfast import KeyedVectors


def table(path):
    text = path.read_bytes().decode("utf-8")
    assert text.endswith("\n")
    return [line.split("\t") for line in text[:-1].split("\n")]


def test_files_agree_line_by_line(hostile, tmp_path):
    hostile.save_projector(tmp_path / "new" / "folder")
    folder = tmp_path / "new" / "folder"
    numbers = np.array(table(folder / "vectors.tsv"), np.float32)
    np.testing.assert_array_equal(numbers, hostile.vectors)
    head, *rows = table(folder / "metadata.tsv")
    assert head == ["word", "rank", "count"]
    assert [row[1:] for row in rows] == [
        [str(i + 1), str(count)] for i, count in enumerate(hostile.counts)
    ]
    words = [row[0] for row in rows]
    assert {"tab␉and␊newline", "line␤break␤", "?", "", " "} <= set(words)
    config = (folder / "projector_config.pbtxt").read_text()
    assert 'tensor_path: "vectors.tsv"' in config
    assert 'metadata_path: "metadata.tsv"' in config


def test_words_without_counts_have_ranks(tmp_path):
    KeyedVectors(["a", "b", "c"], np.eye(3)).save_projector(tmp_path, top=2)
    assert table(tmp_path / "metadata.tsv") == [
        ["word", "rank"],
        ["a", "1"],
        ["b", "2"],
    ]


@pytest.mark.parametrize(
    "vectors, keywords, text",
    [
        (np.ones((1, 2)), {}, "1 word: expected at least 2"),
        (np.ones((3, 1)), {}, "1 dimension: expected at least 2"),
        (np.ones((3, 2)), {"top": 1}, "top=1: expected 2 or more"),
    ],
)
def test_projector_reports_bad_vectors(tmp_path, vectors, keywords, text):
    wv = KeyedVectors([str(i) for i in range(len(vectors))], vectors)
    with pytest.raises(ValueError, match=text):
        wv.save_projector(tmp_path / "folder", **keywords)
