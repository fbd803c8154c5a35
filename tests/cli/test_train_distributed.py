"""`w2vfast train --ray`, with an engine of this process in place of a cluster."""

import os
import shlex
import signal
import time
from typing import ClassVar

import numpy as np
import pytest

from w2vfast import Word2Vec, distributed
from w2vfast.cli.main import main
from w2vfast.distributed import LocalEngine

SMALL = ["--vector-size=8", "--min-count=1", "--epochs=2", "--seed=3"]


class Cluster(LocalEngine):
    """An engine of this process that is stopped before a call of `train`."""

    addresses: ClassVar[list] = []
    stop_at = -1

    def __init__(self, address):
        self.addresses.append(address)
        self.calls = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.addresses.append("closed")

    def call(self, handle, method, *arguments):
        self.calls += method == "train"
        if self.calls == self.stop_at:
            raise KeyboardInterrupt
        return super().call(handle, method, *arguments)


@pytest.fixture
def cluster(monkeypatch):
    monkeypatch.setattr(distributed, "RayEngine", Cluster)
    monkeypatch.setattr(Cluster, "addresses", [])
    return Cluster


def run(*arguments):
    return main(["train", *map(str, arguments)])


def test_a_run_writes_the_vectors_of_the_function(corpus, tmp_path, cluster, capsys):
    output = tmp_path / "m.w2v"
    options = ["--ray", "ray://head:10001", "--replicas=3", "--merge-rule=average"]
    assert run(corpus, "-o", output, *SMALL, *options, "--timings") == 0
    assert cluster.addresses == ["ray://head:10001", "closed"]
    right = distributed.train(
        corpus, 3, vector_size=8, min_count=1, epochs=2, seed=3, merge_rule="average"
    )
    np.testing.assert_array_equal(Word2Vec.load(output).wv.vectors, right.wv.vectors)
    error = capsys.readouterr().err
    assert f"52 words of 8 dimensions, loss {right.loss_history[-1]:.4f}" in error
    assert "train" in error and "scan" in error


def test_an_interrupted_run_prints_the_command_that_continues_it(
    corpus, tmp_path, cluster, capsys, monkeypatch
):
    checkpoint, output, right = (tmp_path / n for n in ("run.ckpt", "m.w2v", "r.w2v"))
    options = ["--ray=local", "--replicas=2", "--checkpoint", checkpoint]
    more = ["--every=1h", "--kernels=base", "--workers=1", "--no-progress"]
    assert run(corpus, "-o", right, *SMALL, *options, *more) == 0
    monkeypatch.setattr(cluster, "stop_at", 3)
    assert run(corpus, "-o", output, *SMALL, *options, *more) == 130
    hint = capsys.readouterr().err.splitlines()[-2]
    command = (
        f"w2vfast train {corpus} --output {output} --resume {checkpoint} --every 1h "
        "--ray local --workers 1 --kernels base --no-progress"
    )
    assert hint == f"w2vfast: to continue: {command}"
    assert not output.exists() and cluster.addresses[-1] == "closed"
    monkeypatch.setattr(cluster, "stop_at", -1)
    assert main(shlex.split(command)[1:]) == 0
    np.testing.assert_array_equal(
        Word2Vec.load(output).wv.vectors, Word2Vec.load(right).wv.vectors
    )


def test_a_run_is_resumed_where_it_began(
    corpus, tmp_path, cluster, capsys, monkeypatch
):
    """On a cluster or in one process; the error names the option."""
    paths = [tmp_path / "several.ckpt", tmp_path / "one.ckpt"]
    ray, new = ["--ray=local"], [corpus, "-o", tmp_path / "m.w2v", *SMALL]
    monkeypatch.setattr(cluster, "stop_at", 3)
    several = [*ray, "--replicas=2", "--checkpoint", paths[0], "--every=1token"]
    assert run(*new, *several) == 130
    monkeypatch.setattr(cluster, "stop_at", -1)
    assert run(*new, "--checkpoint", paths[1]) == 0
    capsys.readouterr()
    for path, more, message in [
        (paths[0], [], "a run of several machines: pass --ray ADDRESS"),
        (paths[1], ray, "a run of one process: leave out --ray"),
    ]:
        assert run(corpus, "-o", tmp_path / "m.w2v", "--resume", path, *more) == 2
        assert f"--resume {path}: {message}" in capsys.readouterr().err
    other = tmp_path / "other.txt"
    other.write_text("other words\n" * 1000)
    again = ["-o", tmp_path / "m.w2v", "--resume", paths[0], *ray]
    assert run(other, *again) == 2
    error = capsys.readouterr().err
    assert f"--resume {paths[0]}: shard 0" in error and "to continue" not in error
    assert "--encoding" not in error and "leave out --resume, pass --replicas" in error
    assert run(corpus, *new[1:], *several) == 2
    assert f"--resume {paths[0]} --every 1token --ray local" in capsys.readouterr().err
    assert run(corpus, *again) == 0


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="needs signals")
def test_the_signal_is_reported_although_ray_hides_it(
    corpus, tmp_path, cluster, capsys, monkeypatch
):
    def call(self, handle, method, *arguments):
        try:
            if method == "train":
                os.kill(os.getpid(), signal.SIGTERM)
                time.sleep(1)
        except KeyboardInterrupt:
            raise KeyboardInterrupt from None
        return original(self, handle, method, *arguments)

    original = cluster.call
    monkeypatch.setattr(cluster, "call", call)
    checkpoint = tmp_path / "run.ckpt"
    options = ["--ray=local", "--replicas=2", "--checkpoint", checkpoint, "--verbose"]
    assert run(corpus, "-o", tmp_path / "m.w2v", *SMALL, *options) == 143
    error = capsys.readouterr().err
    assert "ended by signal 15" in error and "KeyboardInterrupt" not in error
    assert Word2Vec.load(checkpoint).stopped.reason == "SIGTERM"
    assert run("no.txt", "-o", tmp_path / "m.w2v") == 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--replicas=2"], "--replicas without --ray"),
        (["--merge-every=2", "--merge-rule=x"], "--merge-every, --merge-rule without"),
        (["--ray=local"], "--ray without --replicas"),
        (["--ray=local", "--replicas=0"], "--replicas 0"),
        (["--ray=local", "--replicas=2", "--merge-rule=x"], "--merge-rule x"),
        (["--ray=local", "--replicas=2", "--every=1h"], "--every without --checkpoint"),
        (
            ["--ray=local", "--resume=CORPUS", "--replicas=2"],
            "--replicas with --resume",
        ),
        (["--ray=local", "--resume=CORPUS", "--epochs=2"], "--epochs with --resume"),
        (["--ray=local", "--resume=CORPUS"], "CORPUS"),
    ],
)
def test_options_that_do_not_fit_are_errors(
    corpus, tmp_path, cluster, capsys, is_error, options, message
):
    options = [option.replace("CORPUS", str(corpus)) for option in options]
    assert run(corpus, "-o", tmp_path / "m.bin", *options) == 2
    error = capsys.readouterr().err
    assert is_error(error) and message.replace("CORPUS", str(corpus)) in error


def test_nothing_starts_before_the_arguments_are_checked(
    corpus, tmp_path, cluster, capsys, is_error
):
    for option in (
        "--dtype=float16",
        "--matmul-precision=bfloat16",
        "--merge-rule=sum",
        "--merge-every=0",
        "--replicas=100000",
    ):
        command = [corpus, "-o", tmp_path / "m.w2v", "--ray=auto", "--replicas=2"]
        assert run(*command, option) == 2
        assert is_error(capsys.readouterr().err), option
    assert cluster.addresses == []
    resumed = tmp_path / "run.ckpt"
    distributed.train(corpus, 2, vector_size=8, min_count=1, checkpoint=resumed)
    other = tmp_path / "other.txt"
    other.write_text("sun moon\n" * 100)
    command = [other, "-o", tmp_path / "m.w2v", "--ray=auto", "--resume", resumed]
    assert run(*command) == 2
    assert cluster.addresses == []


@pytest.mark.parametrize("error", [KeyboardInterrupt, ConnectionError])
def test_a_cluster_that_is_not_found_continues_nothing(
    corpus, tmp_path, cluster, capsys, monkeypatch, error
):
    """Ray's client ends the process by SIGTERM after its timeout."""
    checkpoint = tmp_path / "run.ckpt"
    new = [corpus, "-o", tmp_path / "m.w2v", "--ray=ray://nowhere:1"]
    options = ["--replicas=2", "--checkpoint", checkpoint, "--every=1token"]
    monkeypatch.setattr(cluster, "stop_at", 3)
    assert run(*new, *SMALL, *options) == 130
    assert "to continue" in capsys.readouterr().err

    def fail(self, address):
        raise error("no cluster")

    monkeypatch.setattr(cluster, "__init__", fail)
    assert run(*new, "--resume", checkpoint) in (1, 2, 130)
    assert "to continue" not in capsys.readouterr().err


def test_other_sources_need_other_ways(tmp_path, cluster, capsys):
    output = tmp_path / "m.bin"
    assert run("s3://bucket/a.txt", "-o", output) == 2
    assert "pass --ray local" in capsys.readouterr().err
    assert run("-", "-o", output, "--ray=local", "--replicas=2") == 2
    assert "standard input" in capsys.readouterr().err


def test_a_url_is_read(tmp_path, cluster):
    fsspec = pytest.importorskip("fsspec", reason="URLs need fsspec")
    memory = fsspec.filesystem("memory")
    memory.pipe("/cli.txt", b"a b c d\n" * 500)
    output = tmp_path / "m.w2v"
    options = ["--ray=local", "--replicas=2"]
    assert run("memory://cli.txt", "-o", output, *SMALL, *options) == 0
    assert len(Word2Vec.load(output).wv) == 4
