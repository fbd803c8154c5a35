"""A folder or a misspelt name instead of a file: the error says so, in every reader."""

import numpy as np
import pytest

from w2vfast import KeyedVectors, Word2Vec
from w2vfast.cli.main import main
from w2vfast.compat import gensim

READERS = {
    "vectors": KeyedVectors.load,
    "a format": lambda path: KeyedVectors.load(path, format="word2vec-text"),
    "word2vec format": KeyedVectors.load_word2vec_format,
    "model": Word2Vec.load,
    "run": lambda path: Word2Vec.resume(path, [["a", "b"]]),
    "gensim model": gensim.Word2Vec.load,
    "gensim vectors": gensim.KeyedVectors.load,
    "gensim word2vec format": gensim.KeyedVectors.load_word2vec_format,
    "gensim lines": lambda path: list(gensim.LineSentence(path)),
    "word pairs": lambda path: vectors().evaluate_word_pairs(path),
    "analogies": lambda path: vectors().evaluate_word_analogies(path),
}
OF_FILES = {k: v for k, v in READERS.items() if k not in ("vectors", "a format")}


def vectors():
    return KeyedVectors(["a", "b"], np.eye(2, dtype=np.float32))


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A working folder with one file and one folder."""
    monkeypatch.chdir(tmp_path)
    vectors().save("english.bin")
    (tmp_path / "some folder").mkdir()


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
def test_a_misspelt_name_is_answered(read):
    with pytest.raises(FileNotFoundError) as caught:
        read("englich.bin")
    message = "no such file: englich.bin; did you mean 'english.bin'?"
    assert str(caught.value) == message and caught.value.errno == 2


@pytest.mark.parametrize("read", OF_FILES.values(), ids=OF_FILES)
def test_a_folder_is_called_a_folder(read):
    with pytest.raises(IsADirectoryError, match=r"^some folder is a folder; expected"):
        read("some folder")


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
def test_an_empty_name_is_quoted(read):
    with pytest.raises(ValueError, match=r"'': the name of the file is empty"):
        read("")


def test_other_errors_stay_as_they_are():
    with pytest.raises(FileNotFoundError, match=r"No such file or directory: 'x\.bin'"):
        KeyedVectors.load("x.bin")


def test_a_folder_without_a_model_says_what_is_missing(capsys):
    text = "some folder is a folder, but no model of Model2Vec or sentence-transformers"
    with pytest.raises(FileNotFoundError, match=f"^{text}"):
        KeyedVectors.load("some folder")
    assert main(["similar", "some folder", "king"]) == 2
    assert text in capsys.readouterr().err


@pytest.mark.parametrize(
    "save",
    [
        lambda path: vectors().save(path),
        lambda path: vectors().save(path, format="npz"),
        lambda path: vectors().save_word2vec_format(path),
        lambda path: Word2Vec([["a", "b"]], min_count=1).save_vectors(path),
        lambda path: Word2Vec([["a", "b"]], min_count=1).save(path),
    ],
    ids=["vectors", "format", "word2vec format", "model's vectors", "model"],
)
def test_saving_to_a_folder_says_that_it_is_one(save, tmp_path):
    for path in ("some folder", tmp_path / "some folder"):
        with pytest.raises(
            IsADirectoryError, match="some folder is a folder; expected"
        ):
            save(path)
    assert {path.name for path in tmp_path.iterdir()} == {"english.bin", "some folder"}


@pytest.mark.parametrize(
    "command",
    ["train english.txt -o", "convert english.bin"],
)
def test_commands_say_that_an_output_is_a_folder(tmp_path, capsys, command):
    (tmp_path / "english.txt").write_text("a b\n" * 20)
    assert main([*command.split(), "some folder"]) == 2
    assert "some folder is a folder; expected the name" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["vectors", "vectors.gz"])
def test_a_name_without_a_suffix_is_said_to_have_none(name):
    with pytest.raises(
        ValueError, match=r"the suffix names the format.* found no suffix"
    ):
        vectors().save(name)
