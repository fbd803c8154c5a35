"""The command as a process: exit status, streams, terminals and signals."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import w2vfast

ENVIRONMENT = os.environ | {"PYTHONPATH": str(Path(w2vfast.__file__).parents[1])}
ENVIRONMENT.pop("PYTHONUNBUFFERED", None)  # unbuffered streams hide errors at exit
COMMAND = [sys.executable, "-P", "-m", "w2vfast"]
SECONDS = 120  # a process that takes longer hangs, also on a busy machine
SMALL = ["--vector-size=8", "--min-count=1", "--epochs=1", "--workers=1"]


def run(*arguments, **settings):
    fixed = {"capture_output": True, "env": ENVIRONMENT, "timeout": SECONDS}
    return subprocess.run([*COMMAND, *map(str, arguments)], **fixed | settings)


def names_in(folder):
    return [path.name for path in folder.iterdir()]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_output_pipe_is_not_opened_before_training(corpus, tmp_path):
    pipe = tmp_path / "v.bin"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE) as cat:
        try:
            done = run("train", corpus, "--output", pipe, *SMALL)
            assert done.returncode == 0
            assert cat.communicate(timeout=SECONDS)[0].startswith(b"52 8\n")
        finally:
            cat.kill()


@pytest.mark.parametrize("encoding", ["ascii", "utf-8"])
def test_words_that_are_not_utf8_can_be_queried_and_printed(vectors, encoding):
    environment = ENVIRONMENT | {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "1"}
    arguments = [vectors, os.fsdecode(b"\xff"), "--format", "table"]
    done = run("similar", *arguments, env=environment)
    assert done.returncode == 0 and done.stderr == b""
    assert done.stdout.startswith(b"\\udcff\n") and b"wine" in done.stdout


def test_help_imports_neither_tqdm_nor_safetensors():
    code = (
        "import sys; from w2vfast.cli.main import main; main(['--help']); "
        "sys.exit(bool({'tqdm', 'safetensors'} & set(sys.modules)))"
    )
    arguments = [sys.executable, "-P", "-c", code]
    assert subprocess.run(arguments, env=ENVIRONMENT, stdout=-3).returncode == 0


def test_exit_status_is_0_or_2(corpus, tmp_path, is_error):
    done = run("train", corpus, "--output", tmp_path / "v.bin", *SMALL)
    assert done.returncode == 0 and done.stdout == b""
    assert done.stderr.count(b"\n") == 1  # no progress bar
    done = run("train", corpus, "--output", tmp_path / "v.doc")
    assert done.returncode == 2 and is_error(done.stderr.decode())


@pytest.mark.skipif(os.name != "posix", reason="needs terminals")
@pytest.mark.parametrize("flag, shown", [([], True), (["--no-progress"], False)])
def test_progress_bar_appears_on_a_terminal(corpus, tmp_path, flag, shown):
    termios = pytest.importorskip("termios")
    terminal, stderr = os.openpty()
    termios.tcsetwinsize(stderr, (24, 100))
    output = tmp_path / "v.bin"
    done = run(
        "train", corpus, "--output", output, *SMALL, *flag,
        capture_output=False, stderr=stderr,
    )  # fmt: skip
    text = os.read(terminal, 1 << 16)
    os.close(terminal)
    os.close(stderr)
    assert done.returncode == 0
    assert (b"train:" in text and b"loss" in text and b"w/s" in text) == shown
    summary = [line.split(maxsplit=1) for line in text.decode().splitlines()[-7:]]
    names = ["corpus", "vocabulary", "model", "time", "loss", "memory", "file"]
    assert [name for name, _ in summary] == names
    assert summary[0][1] == "2,700 tokens in 300 sentences"
    assert summary[1][1].startswith("52 words (min_count=1), 100.0%")
    assert summary[-1][1] == f"{output} ({output.stat().st_size:,} bytes)"


@pytest.mark.skipif(os.name != "posix", reason="needs signals")
def test_ctrl_c_ends_training_soon(corpus, tmp_path):
    output = tmp_path / "v.bin"
    output.write_bytes(b"old")
    given = ["train", corpus, "--output", output, "--epochs=1000000", "--progress"]
    with subprocess.Popen(
        [*COMMAND, *given], env=ENVIRONMENT, stderr=subprocess.PIPE
    ) as process:
        text = b""
        while b"loss" not in text:  # training has started
            more = os.read(process.stderr.fileno(), 4096)
            assert more
            text += more
        process.send_signal(signal.SIGINT)
        start = time.monotonic()
        try:
            text = process.communicate(timeout=SECONDS)[1]
        finally:
            process.kill()
        # An idle machine takes 0.1 s, a run that goes on several minutes.
        assert time.monotonic() - start < 10
    assert process.returncode == 130
    assert text.endswith(b"\nw2vfast: interrupted\n") and b"Traceback" not in text
    assert output.read_bytes() == b"old" and names_in(tmp_path) == ["v.bin"]


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX pipes")
def test_closed_output_pipe_ends_the_process_silently(vectors):
    read, write = os.pipe()
    os.close(read)
    done = run(
        "similar", vectors, "king", capture_output=False, stdout=write, stderr=-1
    )
    os.close(write)
    assert done.returncode == 141 and done.stderr == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_full_disk_prints_one_error_line(vectors):
    with Path("/dev/full").open("wb") as full:
        done = run(
            "similar", vectors, "king", capture_output=False, stdout=full, stderr=-1
        )
    assert done.returncode == 2
    assert done.stderr == b"w2vfast: error: No space left on device\n"


@pytest.mark.skipif(os.name != "posix", reason="needs a POSIX shell")
def test_closed_streams_are_not_an_error(vectors, corpus, tmp_path):
    def run_shell(line, *arguments):
        shell = ["sh", "-c", line, *COMMAND, *map(str, arguments)]
        return subprocess.run(
            shell, env=ENVIRONMENT, capture_output=True, timeout=SECONDS
        )

    assert run_shell('"$0" "$@" >&-', "similar", vectors, "king").returncode == 0
    done = run_shell('"$0" "$@" 2>&-', "train", corpus, "-o", tmp_path / "v.bin")
    assert done.returncode == 0 and done.stdout == b""


SLOW_NUMPY = """
import pathlib, time
pathlib.Path({ready!r}).touch()
for _ in range(3000):  # a signal just before one long sleep would wait for its end
    time.sleep(0.01)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send")
@pytest.mark.parametrize("start", ["module", "script"])
def test_ctrl_c_during_imports_is_quiet(tmp_path, start):
    """The imports wait in a module that stands for NumPy."""
    ready = tmp_path / "ready"
    (tmp_path / "numpy.py").write_text(SLOW_NUMPY.format(ready=str(ready)))
    script = tmp_path / "w2vfast"
    script.write_text("from w2vfast.cli.main import main\nraise SystemExit(main())\n")
    path = os.pathsep.join([str(tmp_path), ENVIRONMENT["PYTHONPATH"]])
    command = COMMAND if start == "module" else [sys.executable, "-P", str(script)]
    process = subprocess.Popen(
        [*command, "--help"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=ENVIRONMENT | {"PYTHONPATH": path},
    )
    with process:
        try:
            while not ready.exists() and process.poll() is None:
                time.sleep(0.01)
            process.send_signal(signal.SIGINT)
            output, errors = process.communicate(timeout=SECONDS)
        finally:
            process.kill()
    assert (process.returncode, output, errors) == (130, b"", b"w2vfast: interrupted\n")


def test_the_import_of_the_package_leaves_signals_alone():
    code = (
        "import signal; before = signal.getsignal(signal.SIGINT); import w2vfast; "
        "raise SystemExit(signal.getsignal(signal.SIGINT) is not before)"
    )
    assert (
        subprocess.run([sys.executable, "-P", "-c", code], env=ENVIRONMENT).returncode
        == 0
    )


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_killed_scan_leaves_no_temporary_file(tmp_path):
    folder = tmp_path / "temporary"
    folder.mkdir()
    code = (
        "import os, signal; from w2vfast import Corpus; "
        "c = Corpus([['a', 'b'] * 50_000], memory_limit=1000); assert len(c.ids); "
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    environment = ENVIRONMENT | {"TMPDIR": str(folder)}
    done = subprocess.run([sys.executable, "-P", "-c", code], env=environment)
    assert done.returncode == -signal.SIGKILL
    assert names_in(folder) == []
