"""`w2vfast train`: options, output files and messages."""

import functools
import inspect
import re
import sys
from dataclasses import asdict

import numpy as np
import pytest

from w2vfast import Corpus, KeyedVectors, Word2Vec, presets
from w2vfast.cli import train
from w2vfast.cli.main import main

NOT_UTF8 = pytest.mark.filterwarnings("ignore:.*are not valid UTF-8:UserWarning")
SMALL = ["--vector-size=8", "--min-count=1", "--epochs=1", "--workers=1"]
NAMES = [
    name
    for name in inspect.signature(Word2Vec).parameters
    if name not in ("corpus", "vocabulary", "initial_vectors", "frozen")
]


@NOT_UTF8
@pytest.mark.parametrize("suffix", [".bin", ".txt", ".vec", ".w2v", ".BIN"])
def test_output_suffix_selects_the_format(corpus, tmp_path, capsys, suffix):
    output = tmp_path / f"v{suffix}"
    assert main(["train", str(corpus), "--output", str(output), *SMALL]) == 0
    model = Word2Vec(corpus, vector_size=8, min_count=1, epochs=1, workers=1).train()
    found = KeyedVectors.load(output)
    assert found.index_to_key == model.wv.index_to_key
    assert np.array_equal(found.vectors, model.wv.vectors)
    assert list(tmp_path.iterdir()) == [output]
    out, err = capsys.readouterr()
    assert out == ""
    assert re.fullmatch(
        r"w2vfast: 52 words of 8 dimensions, [\d,]+ words/s, loss \d\.\d{4}, "
        rf"written to {re.escape(str(output))}\n",
        err,
    )


@NOT_UTF8
@pytest.mark.parametrize("name", ["v.txt.gz", "v.bin.xz", "m.w2v.gz", "v.npz"])
def test_compressed_output(corpus, tmp_path, name):
    assert main(["train", str(corpus), "-o", str(tmp_path / name), *SMALL]) == 0
    assert len(KeyedVectors.load(tmp_path / name)) == 52
    if ".w2v" in name:
        assert len(Word2Vec.load(tmp_path / name, workers=1).wv) == 52
        (tmp_path / name).rename(tmp_path / "m.w2v")
        with pytest.raises(ValueError, match="found gzip data"):
            Word2Vec.load(tmp_path / "m.w2v")


@pytest.mark.parametrize("name", ["m.bin.gz", "m.npz", "m.TXT.zst"])
def test_a_whole_model_needs_the_native_format(corpus, tmp_path, name):
    model = Word2Vec(corpus, vector_size=8, min_count=1, epochs=1, workers=1).train()
    with pytest.raises(ValueError, match="is a format for vectors alone"):
        model.save(tmp_path / name)


def test_saved_model_can_continue_training(corpus, tmp_path):
    output = tmp_path / "m.w2v"
    assert main(["train", str(corpus), "-o", str(output), *SMALL]) == 0
    model = Word2Vec.load(output, workers=1)
    assert len(model.train(corpus).loss_history) == 2


def test_a_preset_sets_what_no_option_gives(corpus, tmp_path):
    output, *given = str(tmp_path / "m.w2v"), "--preset=items", "--epochs=1"
    assert main(["train", str(corpus), "-o", output, "--workers=1", *given]) == 0
    found = Word2Vec.load(output).parameters
    assert found.window == presets["items"]["window"] and found.epochs == 1


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["--preset=item"], "--preset item: expected one of 'text', 'items', 'walks'"),
        (["--preset=items", "--resume=r.w2v"], "--preset with --resume"),
    ],
)
def test_a_preset_is_checked_before_the_corpus_is_read(
    corpus, tmp_path, capsys, given, message, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "r.w2v").touch()
    output = str(tmp_path / "v.bin")
    monkeypatch.setattr(train, "Corpus", None)
    assert main(["train", str(corpus), "-o", output, *given]) == 2
    assert message in capsys.readouterr().err


def test_every_option_reaches_the_model(corpus, tmp_path):
    values = {
        "vector_size": 6,
        "window": 3,
        "min_count": 2,
        "architecture": "cbow",
        "loss": "negative_sampling",
        "negative": 4,
        "ns_exponent": 0.5,
        "sample": 0.01,
        "alpha": 0.02,
        "min_alpha": 0.001,
        "epochs": 2,
        "seed": 7,
        "max_final_vocab": 40,
        "shrink_windows": False,
        "cbow_mean": False,
        "cbow_exact": True,
        "chunk_size": 32,
        "shared_negatives": 16,
        "alpha_interval": 100,
        "deterministic": True,
        "thin_gradients": False,
        "weighted_windows": False,
        "rare_power": 0.5,
        "dtype": "float16",
        "matmul_precision": "bfloat16",
        "shuffle": True,
    }
    reading = {"encoding", "errors", "field", "max_counted_words"}
    others = {"workers", "kernels", "progress", "preset"}
    assert set(values) == set(NAMES) - others - reading
    given = ["--kernels=base", "--no-progress", "--workers=2"]
    for name, value in values.items():
        option = name.replace("_", "-")
        if isinstance(value, bool):
            given.append(f"--{option}" if value else f"--no-{option}")
        else:
            given.append(f"--{option}={value}")
    output = tmp_path / "m.w2v"
    assert main(["train", str(corpus), "--output", str(output), *given]) == 0
    assert asdict(Word2Vec.load(output).parameters) == values


def test_options_of_reading_reach_the_corpus(tmp_path):
    path = tmp_path / "text.csv"
    path.write_bytes("id,text\n1,größe k\xf6nig größe\n".encode("latin-1"))
    output = tmp_path / "v.txt"
    given = [
        "--encoding=latin-1",
        "--errors=replace",
        "--field=text",
        *SMALL,
        "--epochs=50",
    ]
    assert main(["train", str(path), "-o", str(output), *given]) == 0
    assert KeyedVectors.load(output).index_to_key == ["größe", "könig"]


@pytest.mark.filterwarnings("default")
def test_the_words_to_count_can_be_bounded(tmp_path, capsys):
    path, output = tmp_path / "text.txt", tmp_path / "v.txt"
    path.write_text("a b a b c\n" * 9 + "d\n")
    given = ["--max-counted-words=3", *SMALL, "--epochs=50", "--min-count=2"]
    assert main(["train", str(path), "-o", str(output), *given]) == 0
    assert KeyedVectors.load(output).index_to_key == ["a", "b", "c"]
    given[0] = "--max-counted-words=2"
    assert main(["train", str(path), "-o", str(output), *given]) == 0
    printed = capsys.readouterr().err
    assert "warning: --min-count 2 has the effect of --min-count 10:" in printed
    assert KeyedVectors.load(output).index_to_key == ["a", "b"]


@NOT_UTF8
def test_words_that_are_not_utf8_can_be_trained(tmp_path):
    path, output = tmp_path / "text.txt", tmp_path / "v.txt"
    path.write_bytes(b"a \xff a b\n" * 9)
    given = ["--errors=surrogateescape", *SMALL, "--epochs=50"]
    assert main(["train", str(path), "-o", str(output), *given]) == 0
    assert KeyedVectors.load(output).index_to_key == ["a", "\udcff", "b"]
    assert output.read_bytes().count(b"\xff") == 1


def test_workers_kernels_and_progress_reach_the_model(corpus, tmp_path, monkeypatch):
    seen, scanned = {}, {}

    def scan(source, **given):
        scanned.update(given)
        return Corpus(source, **given)

    class Spy(Word2Vec):
        @functools.wraps(Word2Vec.__init__)
        def __init__(self, corpus, **given):
            seen.update(given)
            super().__init__(corpus, **given)

    monkeypatch.setattr(train, "Corpus", scan)
    monkeypatch.setattr(train, "Word2Vec", Spy)
    given = ["--workers=2", "--kernels=base", "--no-progress", "--min-count=1"]
    assert main(["train", str(corpus), "-o", str(tmp_path / "v.bin"), *given]) == 0
    assert seen == {"workers": 2, "kernels": "base", "progress": False, "min_count": 1}
    assert scanned == {"workers": 2, "progress": False}


@NOT_UTF8
def test_several_files_and_folders_are_one_corpus(corpus, tmp_path, capsys):
    folder = tmp_path / "more"
    folder.mkdir()
    (folder / "a.txt").write_text("one two three\n" * 9)
    output = str(tmp_path / "v.txt")
    assert main(["train", str(corpus), str(folder), "--output", output, *SMALL]) == 0
    assert {"one", "word1"} <= set(KeyedVectors.load(output))


def test_timings_option_prints_every_phase(corpus, tmp_path, capsys):
    output = str(tmp_path / "v.vec")
    assert main(["train", str(corpus), "--output", output, "--timings", *SMALL]) == 0
    head, *lines, _ = capsys.readouterr().err.splitlines()
    assert head.split() == ["w2vfast:", "phase", "wall", "s", "CPU", "s"]
    found = {}
    for line in lines:
        phase, wall, cpu = re.fullmatch(
            r"w2vfast: (\S+) +(\d+\.\d{3}) +(\d+\.\d{3})", line
        ).groups()
        found[phase] = float(wall), float(cpu)
    assert list(found) == [
        *("start-up", "scan", "vocabulary", "tables", "prepare", "train", "save"),
        "total",
    ]
    for kind in (0, 1):
        *phases, total = (spent[kind] for spent in found.values())
        assert total >= sum(phases) - 0.03  # process start: ± 10 ms
    assert found["start-up"][0] > 0


def test_timings_are_not_printed_by_default(corpus, tmp_path, capsys):
    assert main(["train", str(corpus), "-o", str(tmp_path / "v.vec"), *SMALL]) == 0
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "modules"),
    [
        ("v.parquet", ["pyarrow"]),
        ("v.arrow", ["pyarrow"]),
        ("v.bin.zst", ["zstandard", "compression.zstd"]),
    ],
)
def test_packages_for_the_output_are_needed_before_training(
    corpus, tmp_path, capsys, monkeypatch, name, modules
):
    for module in modules:
        monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.setattr(Word2Vec, "train", None)  # never called
    assert main(["train", str(corpus), "-o", str(tmp_path / name), *SMALL]) == 2
    own = name == "v.bin.zst" and sys.version_info >= (3, 14)
    remedy = "install a Python that has it" if own else "pip install"
    assert remedy in capsys.readouterr().err
    assert not list(tmp_path.glob("*v.*"))
