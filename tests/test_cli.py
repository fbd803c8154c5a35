import functools
import inspect
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import w2vfast
from w2vfast import Corpus, KeyedVectors, Word2Vec, cli
from w2vfast.cli import main

ENVIRONMENT = os.environ | {"PYTHONPATH": str(Path(w2vfast.__file__).parents[1])}
ENVIRONMENT.pop("PYTHONUNBUFFERED", None)  # which hides errors at exit
COMMAND = [sys.executable, "-P", "-m", "w2vfast"]
SMALL = ["--vector-size=8", "--min-count=1", "--epochs=1", "--workers=1"]
NAMES = [
    name
    for name in inspect.signature(Word2Vec).parameters
    if name not in ("corpus", "vocabulary")
]


def run(*arguments, **settings):
    settings = {"capture_output": True, "env": ENVIRONMENT, "timeout": 60} | settings
    return subprocess.run([*COMMAND, *map(str, arguments)], **settings)


def is_error(text):
    return text.startswith("w2vfast: error: ") and text.count("\n") == 1


def names_in(folder):
    return [path.name for path in folder.iterdir()]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """Some text; one of its words is a byte that is no UTF-8."""
    path = tmp_path_factory.mktemp("corpus") / "text.txt"
    random = np.random.default_rng(1)
    words = [*(b"word%d" % i for i in range(50)), b"\xff", "Wörter".encode()]
    lines = [b" ".join(random.choice(words, 9)) for _ in range(300)]
    path.write_bytes(b"\n".join(lines))
    return path


@pytest.fixture(scope="module")
def vectors(tmp_path_factory):
    path = tmp_path_factory.mktemp("vectors") / "v.bin"
    angles = np.array([0, 0.1, 1.5, 1.7, 3.0])
    table = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    KeyedVectors(["king", "queen", "bread", "wine", "\udcff"], table).save(path)
    return path


@pytest.fixture
def no_training(monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("the corpus was read")

    monkeypatch.setattr(cli, "Corpus", refuse)


# train -----------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".bin", ".txt", ".vec", ".w2v", ".BIN"])
def test_the_suffix_names_the_format(corpus, tmp_path, capsys, suffix):
    output = tmp_path / f"v{suffix}"
    assert main(["train", str(corpus), "--output", str(output), *SMALL]) == 0
    model = Word2Vec(corpus, vector_size=8, min_count=1, epochs=1, workers=1).train()
    found = KeyedVectors.load(output)
    assert found.index_to_key == model.wv.index_to_key
    assert np.array_equal(found.vectors, model.wv.vectors)
    assert names_in(tmp_path) == [output.name]
    out, err = capsys.readouterr()
    assert out == ""
    assert re.fullmatch(
        r"w2vfast: 52 words of 8 dimensions, [\d,]+ words/s, loss \d\.\d{4}, "
        rf"written to {re.escape(str(output))}\n",
        err,
    )


def test_a_whole_model_can_go_on(corpus, tmp_path):
    output = tmp_path / "m.w2v"
    assert main(["train", str(corpus), "-o", str(output), *SMALL]) == 0
    model = Word2Vec.load(output, workers=1)
    assert len(model.train(corpus).loss_history) == 2


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
    }
    assert set(values) == set(NAMES) - {"workers", "kernels", "progress"}
    given = ["--kernels=base", "--no-progress", "--workers=2"]
    for name, value in values.items():
        option = name.replace("_", "-")
        if isinstance(value, bool):
            given.append(f"--{option}" if value else f"--no-{option}")
        else:
            given.append(f"--{option}={value}")
    output = tmp_path / "m.w2v"
    assert main(["train", str(corpus), "--output", str(output), *given]) == 0
    assert Word2Vec.load(output).parameters.as_dict() == values


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

    monkeypatch.setattr(cli, "Corpus", scan)
    monkeypatch.setattr(cli, "Word2Vec", Spy)
    given = ["--workers=2", "--kernels=base", "--no-progress", "--min-count=1"]
    assert main(["train", str(corpus), "-o", str(tmp_path / "v.bin"), *given]) == 0
    assert seen == {"workers": 2, "kernels": "base", "progress": False, "min_count": 1}
    assert scanned == {"workers": 2, "progress": False}


def test_several_files_and_folders_are_one_corpus(corpus, tmp_path, capsys):
    folder = tmp_path / "more"
    folder.mkdir()
    (folder / "a.txt").write_text("one two three\n" * 9)
    output = str(tmp_path / "v.txt")
    assert main(["train", str(corpus), str(folder), "--output", output, *SMALL]) == 0
    assert {"one", "word1"} <= set(KeyedVectors.load(output))


def test_timings(corpus, tmp_path, capsys):
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
        assert total >= sum(phases) - 0.03  # the start is known to 10 ms
    assert found["start-up"][0] > 0


def test_timings_are_not_shown_unasked(corpus, tmp_path, capsys):
    assert main(["train", str(corpus), "-o", str(tmp_path / "v.vec"), *SMALL]) == 0
    assert len(capsys.readouterr().err.splitlines()) == 1


# What is refused -------------------------------------------------------------------


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize(
    "options, text",
    [
        (["--output=v.zip"], "v.zip: the suffix names the format; expected .bin"),
        (["--output=v"], "found ''"),
        (["--output=none/v.bin"], "none/v.bin: there is no folder"),
        (["--output=folder.bin"], "folder.bin is a folder"),
        (["--output=v.bin", "--alpha=-1"], "alpha=-1.0: expected a number of at"),
        (["--output=v.bin", "--epochs=0"], "epochs=0: expected a whole number"),
        (["--output=v.bin", "--epochs=x"], "--epochs: invalid int value: 'x'"),
        (["--output=v.bin", "--architecture=cbov"], "expected one of 'skipgram'"),
        (["--output=v.bin", "--workers=0"], "workers=0: expected 1 or more"),
        (["--output=v.bin", "--kernels=fast"], "kernels='fast': expected 'auto'"),
        (["--output=v.bin", "--nonsense"], "unrecognized arguments: --nonsense"),
        (["--output=v.bin", "--epoch=1"], "unrecognized arguments: --epoch=1"),
        (["missing.txt", "--output=v.bin"], "no such file: missing.txt"),
        ([], "the following arguments are required: --output"),
    ],
)
def test_refused_before_training(corpus, tmp_path, capsys, monkeypatch, options, text):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.bin").mkdir()
    assert main(["train", str(corpus), *options]) == 2
    out, err = capsys.readouterr()
    assert out == "" and is_error(err) and text in err
    assert names_in(tmp_path) == ["folder.bin"]


@pytest.mark.skipif(os.name != "posix" or not os.getuid(), reason="root may write")
def test_a_folder_without_permission_is_refused(corpus, tmp_path, capsys, no_training):
    tmp_path.chmod(0o500)
    assert main(["train", str(corpus), "-o", str(tmp_path / "v.bin")]) == 2
    assert "v.bin: Permission denied" in capsys.readouterr().err


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs /proc")
def test_a_folder_that_takes_no_files_is_refused(corpus, capsys, no_training):
    assert main(["train", str(corpus), "-o", "/proc/v.bin"]) == 2
    assert is_error(capsys.readouterr().err)


def test_an_old_file_stays_when_training_fails(corpus, tmp_path, capsys):
    output = tmp_path / "v.bin"
    output.write_bytes(b"old")
    given = ["--output", str(output), "--min-count=1000"]
    assert main(["train", str(corpus), *given]) == 2
    assert "min_count=1000 leaves no word" in capsys.readouterr().err
    assert output.read_bytes() == b"old" and names_in(tmp_path) == ["v.bin"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_not_touched_before_training(corpus, tmp_path):
    pipe = tmp_path / "v.bin"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE) as cat:
        try:
            done = run("train", corpus, "--output", pipe, *SMALL, timeout=10)
            assert done.returncode == 0
            assert cat.communicate(timeout=10)[0].startswith(b"52 8\n")
        finally:
            cat.kill()


@pytest.mark.parametrize("arguments", [[], ["trian"], ["train"], ["similar", "v.bin"]])
def test_wrong_commands(arguments, capsys):
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == "" and is_error(err) and "--help" in err


@pytest.mark.parametrize(
    "error, text",
    [
        (ValueError("two\nlines"), "two lines"),
        (TypeError("a type"), "a type"),
        (KeyError("no 'quotes' more"), "no 'quotes' more"),
        (KeyError(), "KeyError"),
        (OSError(13, "Permission denied", "a/b"), "a/b: Permission denied"),
        (OSError(28, "No space left on device"), "No space left on device"),
        (OSError("in words"), "in words"),
        (ImportError("not installed"), "not installed"),
        (MemoryError(), "out of memory"),
        (MemoryError("so much"), "so much"),
        (w2vfast.DivergedError("infinite"), "infinite"),
        (RuntimeError(), "RuntimeError"),
        (ZeroDivisionError("surprise"), "surprise"),
    ],
)
def test_any_error_is_one_line(monkeypatch, capsys, error, text):
    def fail(*_):
        raise error

    monkeypatch.setattr(KeyedVectors, "load", fail)
    assert main(["similar", "v.bin", "king"]) == 2
    assert capsys.readouterr() == ("", f"w2vfast: error: {text}\n")


# similar ---------------------------------------------------------------------------


def test_similar_prints_one_block_for_each_word(vectors, capsys):
    assert main(["similar", str(vectors), "king", "wine", "--topn", "2"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out.splitlines() == [
        "king",
        f"  {np.cos(0.1):7.4f}  queen",
        f"  {np.cos(1.5):7.4f}  bread",
        "",
        "wine",
        f"  {np.cos(0.2):7.4f}  bread",
        f"  {np.cos(1.3):7.4f}  \\udcff",
    ]


@pytest.mark.parametrize("suffix", [".txt", ".vec", ".w2v"])
def test_similar_reads_all_formats(vectors, tmp_path, capsys, suffix):
    main(["similar", str(vectors), "king"])
    expected = capsys.readouterr().out
    path = tmp_path / f"v{suffix}"
    KeyedVectors.load(vectors).save(path)
    assert main(["similar", str(path), "king"]) == 0
    assert capsys.readouterr().out == expected


@pytest.mark.parametrize(
    "arguments, text",
    [
        (["king", "kin"], "'kin' is not among the 5 words of these vectors"),
        (["king", "--topn=0"], "topn=0: expected 1 or more"),
        (["king", "--topn=many"], "invalid int value: 'many'"),
    ],
)
def test_similar_refuses(vectors, capsys, arguments, text):
    assert main(["similar", str(vectors), *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == "" and is_error(err) and text in err


def test_similar_without_a_file(tmp_path, capsys):
    path = tmp_path / "none.bin"
    assert main(["similar", str(path), "king"]) == 2
    assert capsys.readouterr().err == (
        f"w2vfast: error: {path}: No such file or directory\n"
    )


@pytest.mark.parametrize("encoding", ["ascii", "utf-8"])
def test_odd_words_can_be_printed_and_asked_for(vectors, encoding):
    environment = ENVIRONMENT | {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "1"}
    done = run("similar", vectors, os.fsdecode(b"\xff"), env=environment)
    assert done.returncode == 0 and done.stderr == b""
    assert done.stdout.startswith(b"\\udcff\n") and b"wine" in done.stdout


# The process -----------------------------------------------------------------------


def test_help_names_every_parameter(capsys):
    assert main(["train", "--help"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    for name in NAMES:
        assert f"--{name.replace('_', '-')}" in text
    assert "--vocabulary" not in text and "`" not in text
    assert "--vector-size INT Dimensions of the vectors. (default 100)" in text
    assert "--min-alpha FLOAT To which the rate falls" in text
    assert "--architecture {skipgram,cbow}" in text
    assert "--no-cbow-mean" in text


def test_every_parameter_is_described():
    described = cli._described(Word2Vec.__doc__)
    assert set(NAMES) <= set(described)
    assert all(kind and text for kind, text in described.values())


def test_without_docstrings_the_options_stay(monkeypatch, capsys):
    monkeypatch.setattr(Word2Vec, "__doc__", None)  # as python -OO does
    monkeypatch.setattr(cli.train, "__doc__", None)
    assert main(["train", "--help"]) == 0
    assert "--vector-size" in capsys.readouterr().out


def test_version(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"w2vfast {w2vfast.__version__}\n"


def test_help_imports_little():
    code = (
        "import sys; from w2vfast.cli import main; main(['--help']); "
        "sys.exit(bool({'tqdm', 'safetensors'} & set(sys.modules)))"
    )
    arguments = [sys.executable, "-P", "-c", code]
    assert subprocess.run(arguments, env=ENVIRONMENT, stdout=-3).returncode == 0


def test_the_process_ends_with_the_status(corpus, tmp_path):
    done = run("train", corpus, "--output", tmp_path / "v.bin", *SMALL)
    assert done.returncode == 0 and done.stdout == b""
    assert done.stderr.count(b"\n") == 1  # and no bar
    done = run("train", corpus, "--output", tmp_path / "v.doc")
    assert done.returncode == 2 and is_error(done.stderr.decode())


@pytest.mark.skipif(os.name != "posix", reason="needs terminals")
@pytest.mark.parametrize("flag, shown", [([], True), (["--no-progress"], False)])
def test_a_bar_is_shown_on_a_terminal(corpus, tmp_path, flag, shown):
    termios = pytest.importorskip("termios")
    terminal, its_end = os.openpty()
    termios.tcsetwinsize(its_end, (24, 100))
    output = tmp_path / "v.bin"
    done = run(
        "train", corpus, "--output", output, *SMALL, *flag,
        capture_output=False, stderr=its_end,
    )  # fmt: skip
    text = os.read(terminal, 1 << 16)
    os.close(terminal)
    os.close(its_end)
    assert done.returncode == 0
    assert (b"train:" in text and b"loss" in text and b"w/s" in text) == shown
    assert text.endswith(b"written to %s\r\n" % os.fsencode(output))


@pytest.mark.skipif(os.name != "posix", reason="needs signals")
def test_ctrl_c_ends_training_at_once(corpus, tmp_path):
    output = tmp_path / "v.bin"
    output.write_bytes(b"old")
    given = ["train", corpus, "--output", output, "--epochs=1000000", "--progress"]
    with subprocess.Popen(
        [*COMMAND, *given], env=ENVIRONMENT, stderr=subprocess.PIPE
    ) as process:
        text = b""
        while b"loss" not in text:  # training is under way
            more = os.read(process.stderr.fileno(), 4096)
            assert more
            text += more
        process.send_signal(signal.SIGINT)
        start = time.monotonic()
        try:
            text = process.communicate(timeout=20)[1]
        finally:
            process.kill()
        assert time.monotonic() - start < 1
    assert process.returncode == 130
    assert text.endswith(b"\nw2vfast: interrupted\n") and b"Traceback" not in text
    assert output.read_bytes() == b"old" and names_in(tmp_path) == ["v.bin"]


@pytest.mark.skipif(os.name != "posix", reason="needs pipes as these")
def test_a_reader_that_leaves_ends_it_quietly(vectors):
    read, write = os.pipe()
    os.close(read)
    done = run(
        "similar", vectors, "king", capture_output=False, stdout=write, stderr=-1
    )
    os.close(write)
    assert done.returncode == 141 and done.stderr == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_one_line(vectors):
    with Path("/dev/full").open("wb") as full:
        done = run(
            "similar", vectors, "king", capture_output=False, stdout=full, stderr=-1
        )
    assert done.returncode == 2
    assert done.stderr == b"w2vfast: error: No space left on device\n"


@pytest.mark.skipif(os.name != "posix", reason="needs a POSIX shell")
def test_closed_streams_do_no_harm(vectors, corpus, tmp_path):
    def ends_with(line, *arguments):
        shell = ["sh", "-c", line, *COMMAND, *map(str, arguments)]
        return subprocess.run(shell, env=ENVIRONMENT, capture_output=True, timeout=60)

    assert ends_with('"$0" "$@" >&-', "similar", vectors, "king").returncode == 0
    done = ends_with('"$0" "$@" 2>&-', "train", corpus, "-o", tmp_path / "v.bin")
    assert done.returncode == 0 and done.stdout == b""


# demo ------------------------------------------------------------------------------


def test_demo_finds_sensible_neighbours(capsys):
    assert main(["demo", "--no-progress"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert "789,684 words in 31,102 verses" in out
    losses = [float(loss) for loss in re.findall(r"loss (\d\.\d{4})", out)]
    assert len(losses) == 10 and losses[-1] < 0.85 * losses[0]
    assert re.search(r"\d\.\d s, [\d,]+ words/s", out)
    for word, neighbour in (("wisdom", "understanding"), ("sword", "pestilence")):
        assert re.search(rf"^  {word} +.*\b{neighbour} 0\.\d\d", out, re.M)


def test_demo_takes_the_parameters(capsys):
    given = ["--architecture=cbow", "--epochs=1", "--vector-size=16", "--seed=2"]
    assert main(["demo", *given, "--min-count=20000"]) == 0
    out = capsys.readouterr().out
    assert "Training cbow, 16 dimensions, 1 epochs" in out and "king " not in out
    assert main(["demo", "--help"]) == 0
    assert "(default 10)" in capsys.readouterr().out
