"""Wall and CPU seconds of each phase; peak memory of a whole run."""

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import w2vfast
from w2vfast import KeyedVectors, Word2Vec
from w2vfast.runtime import timings
from w2vfast.runtime.timings import Seconds, Timings, since_start

PACKAGE = str(Path(w2vfast.__file__).parents[1])
SENTENCES = [["a", "b", "c", "d"]] * 50


def make(**given):
    given = {"vector_size": 8, "min_count": 1, "workers": 1, "sample": 0} | given
    return Word2Vec(SENTENCES, **given)


def burn(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def test_phase_measures_wall_and_cpu_seconds():
    found = Timings()
    with found.phase("sleep"):
        time.sleep(0.05)
    with found.phase("burn"):
        burn(0.03)
    assert found["sleep"].wall >= 0.05 > 0.02 > found["sleep"].cpu
    assert found["burn"].wall >= found["burn"].cpu * 0.9
    assert found["burn"].cpu >= 0.03


def test_repeated_phase_adds_up():
    found = Timings()
    for _ in range(3):
        with found.phase("burn"):
            burn(0.01)
    assert found["burn"].cpu >= 0.03 and found["burn"].wall >= 0.025
    assert list(found) == ["burn"]


def test_failed_phase_is_not_counted():
    found = Timings()
    with pytest.raises(KeyError), found.phase("fails"):
        raise KeyError("x")
    assert found == {}


def test_table_aligns_its_columns():
    lines = Timings({"scan": Seconds(1, 2), "train": Seconds(10.25, 0.5)}).table()
    assert [line.split() for line in lines] == [
        ["phase", "wall", "s", "CPU", "s"],
        ["scan", "1.000", "2.000"],
        ["train", "10.250", "0.500"],
    ]
    assert len(set(map(len, lines))) == 1


def test_since_start_measures_the_age_of_the_process():
    code = "import time; time.sleep(.3); from w2vfast.runtime.timings import *; "
    code += "print(*since_start())"
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],
        env=os.environ | {"PYTHONPATH": PACKAGE},
        capture_output=True,
        text=True,
        check=True,
    )
    wall, cpu = map(float, done.stdout.split())
    assert cpu > 0
    if sys.platform == "linux":
        assert 0.25 + cpu / 4 < wall < 60


def test_since_start_without_proc_returns_cpu_seconds(monkeypatch):
    monkeypatch.setattr(timings, "Path", lambda name: Path("/no/such/file"))
    wall, cpu = since_start()
    assert wall == cpu > 0


def test_model_records_the_time_of_its_phases(tmp_path):
    model = make()
    assert list(model.timings) == ["scan", "vocabulary", "tables"]
    model.train(epochs=2)
    once = model.timings["train"]
    model.train(epochs=2)
    model.save(tmp_path / "m.w2v")
    model.save_vectors(tmp_path / "v.bin")
    assert list(model.timings)[3:] == ["prepare", "train", "save"]
    assert model.timings["train"].wall > once.wall > 0
    assert all(spent.wall > 0 for spent in model.timings.values())
    loaded = Word2Vec.load(tmp_path / "m.w2v")
    assert loaded.timings == {}
    loaded.train(SENTENCES)
    assert list(loaded.timings) == ["scan", "prepare", "train"]


@pytest.mark.parametrize("name", ["v.bin", "v.txt", "v.w2v"])
def test_save_vectors_writes_the_same_bytes_as_wv_save(name, tmp_path):
    model = make(vector_size=9).train()
    model.save_vectors(tmp_path / name)
    (tmp_path / "wv").mkdir()
    model.wv.save(tmp_path / "wv" / name)
    assert (tmp_path / name).read_bytes() == (tmp_path / "wv" / name).read_bytes()
    loaded = KeyedVectors.load(tmp_path / name)
    assert np.array_equal(loaded.vectors, model.wv.vectors)


def test_saving_non_finite_vectors_is_an_error(tmp_path):
    model = make()
    model._state.centre[2, 3] = np.inf
    with pytest.raises(ValueError, match=r"vector of 'c' \(row 2\) is not finite"):
        model.save_vectors(tmp_path / "v.bin")
    assert list(tmp_path.iterdir()) == []


PEAK = """
import sys
import numpy
from w2vfast.cli.main import main

def peak():
    for line in open("/proc/self/status"):
        if line.startswith("VmHWM"):
            return int(line.split()[1]) * 1024

before = peak()  # differs by 7 MB between versions of Python
assert main(sys.argv[1:]) == 0
print(peak() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
@pytest.mark.parametrize("name", ["v.bin", "v.w2v"])
def test_peak_memory_is_little_more_than_the_embeddings(name, tmp_path):
    words, size = 16_000, 1500
    text = " ".join(f"w{i}" for i in range(words)) + "\n"
    (tmp_path / "text").write_text(text * 2)
    options = f"--vector-size={size} --min-count=1 --epochs=1 --workers=1 --window=1"
    done = subprocess.run(
        [
            *(sys.executable, "-P", "-c", PEAK, "train", str(tmp_path / "text")),
            *("-o", str(tmp_path / name), *options.split()),
        ],
        env=os.environ | {"PYTHONPATH": PACKAGE},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    embeddings = 2 * words * 1504 * 4
    assert int(done.stdout) < embeddings + 4 * 2 * words + 75e6
