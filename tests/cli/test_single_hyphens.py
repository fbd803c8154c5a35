"""Long options with one hyphen are refused, with the option that was meant."""

import pytest

from w2vfast.cli.main import main


@pytest.fixture
def error_of(tmp_path, monkeypatch, capsys):
    """Return a function that runs a command line, and returns its error."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "corpus.txt").write_text("a b c\n" * 20)

    def error(line):
        assert main(line.split()) == 2
        assert [path.name for path in tmp_path.iterdir()] == ["corpus.txt"]
        return capsys.readouterr().err

    return error


@pytest.mark.parametrize(
    ("options", "fix"),
    [
        ("-output=v.bin", "instead of -output pass --output v.bin"),
        ("-output v.bin", "instead of -output pass --output v.bin"),
        ("-outptu v.bin", "instead of -outptu pass --output"),
        ("-ov.bin", "instead of -ov.bin pass -o v.bin"),
        ("-vo v.bin", "instead of -vo pass -v -o"),
        ("-verbose -o v.bin", "instead of -verbose pass --verbose (see"),
        ("-progress -o v.bin", "instead of -progress pass --progress (see"),
        ("-foo -o v.bin", "put -- before -foo if it is a word"),
        ("-input x.txt -o v.bin", "instead of -input give the file without an option"),
        ("-binary 1 -o v.bin", "let the suffix name the format: --output vectors.bin"),
        *(
            (f"-o v.bin {given}", f"pass {ours}")
            for given, ours in {
                "-size 50": "--vector-size 50",
                "-dim 50": "--vector-size 50",
                "-window 3": "--window 3",
                "-ws 3": "--window 3",
                "-cbow 0": "--architecture skipgram",
                "-cbow 1": "--architecture cbow",
                "-hs 1": "--loss hierarchical_softmax",
                "-loss hs": "--loss hierarchical_softmax",
                "-negative 9": "--negative 9",
                "-neg 9": "--negative 9",
                "-lr 0.1": "--alpha 0.1",
                "-iter 3": "--epochs 3",
                "-epoch 3": "--epochs 3",
                "-min-count 3": "--min-count 3",
                "-minCount 3": "--min-count 3",
                "-threads 2": "--workers 2",
                "-thread 2": "--workers 2",
            }.items()
        ),
    ],
)
def test_a_long_option_with_one_hyphen_is_refused(error_of, options, fix):
    error = error_of(f"train corpus.txt {options}")
    assert (
        "long options have two hyphens, and values are words of their own: " in error
        and fix in error
    )
    assert error.endswith("(see w2vfast train --help)\n")


def test_a_command_line_of_word2vec_c_is_answered_at_once(error_of):
    error = error_of("-train corpus.txt -output v.bin -size 50 -cbow 0")
    assert "the command comes first: w2vfast train CORPUS" in error
    for fix in ("-train give the file", "--output v.bin", "--vector-size 50"):
        assert fix in error


def test_options_without_a_command_are_known(error_of):
    error = error_of("-version")
    assert "instead of -version pass --version" in error
    assert "the command comes first" not in error


@pytest.mark.parametrize("value", ["-1", "-.5", "-1e-3"])
def test_negative_numbers_are_values(error_of, value):
    assert "two hyphens" not in error_of(f"train corpus.txt -o v.bin --alpha {value}")


def test_words_after_two_hyphens_may_be_anything(error_of):
    assert "No such file" in error_of("similar v.bin king -- -abc")
