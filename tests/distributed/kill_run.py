"""
Kill workers, nodes and drivers of runs on Ray, and compare bits.

    python tests/distributed/kill_run.py --kills 20

First, a cluster of three nodes on this machine runs trainings with two replicas. At
random rounds, a worker process or a whole node is killed with SIGKILL; a new node
replaces a dead one. Every run must give the bits of `LocalEngine`.

Then ``w2vfast train --ray local`` runs as a process, which is ended by SIGKILL, SIGTERM
or SIGINT (Ctrl-C) at random moments of training, and resumed. When it completes, its
vectors must be the same bits. No process of Ray and no temporary file may be left.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import w2vfast
from w2vfast import Word2Vec
from w2vfast.distributed import RayEngine, train

ENVIRONMENT = os.environ | {"PYTHONPATH": str(Path(w2vfast.__file__).parents[1])}
COMMAND = [sys.executable, "-P", "-m", "w2vfast", "train"]
PARAMETERS = {"vector_size": 32, "epochs": 4, "merge_every": 20_000, "min_count": 2}
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
SECONDS = 300  # a process that takes longer hangs
SLOW_START = "timed out during startup"  # of Ray, on a machine that is too busy


def write_corpus(path, tokens=2_000_000, words=3000):
    """Write a text of random words, 20 in a line, the first of them more frequent."""
    rng = np.random.default_rng(1)
    ids = rng.integers(0, words, (2, tokens // 20, 20)).min(axis=0)
    path.write_text("".join(" ".join(map(str, line)) + "\n" for line in ids.tolist()))


def check_same(model, right):
    """Raise AssertionError unless vectors and losses have the same bits."""
    assert model.loss_history == right.loss_history
    assert np.array_equal(model.wv.vectors, right.wv.vectors)
    assert np.array_equal(model.outside_vectors, right.outside_vectors)


def add_node(cluster, attempts=4):
    """Add a node to a cluster; try again if the machine is too busy to start it."""
    try:
        return cluster.add_node(num_cpus=2)
    except Exception as error:
        if SLOW_START not in str(error) or attempts == 1:
            raise
        print(f"a node did not start, once more: {error}")
    return add_node(cluster, attempts - 1)


class Killing(RayEngine):
    """An engine that kills a worker or a node before random calls of `train`."""

    def __init__(self, cluster, nodes, chance, rate):
        super().__init__()
        self.cluster, self.nodes = cluster, nodes
        self.chance, self.rate = chance, rate
        self.workers = self.dead_nodes = 0

    def call(self, handle, method, *arguments):
        """Kill something, with a probability of `rate`, then make the call."""
        if method == "train" and self.chance.random() < self.rate:
            if self.chance.random() < 0.3:
                node = self.nodes.pop(self.chance.randrange(len(self.nodes)))
                self.cluster.remove_node(node, allow_graceful=False)
                self.nodes.append(add_node(self.cluster))
                self.dead_nodes += 1
            elif self._places:
                number = self.chance.choice(sorted(self._places))
                try:
                    os.kill(self._places[number][2], signal.SIGKILL)
                    self.workers += 1
                except ProcessLookupError:
                    pass  # it died with its node
        return super().call(handle, method, *arguments)


def kill_replicas(path, right, kills, chance):
    """Kill workers and nodes until there were enough; return both numbers, and runs."""
    import ray
    from ray.cluster_utils import Cluster

    head = {"num_cpus": 1, "include_dashboard": False}
    cluster = Cluster(initialize_head=True, head_node_args=head)
    workers = dead_nodes = runs = 0
    try:
        nodes = [add_node(cluster) for _ in range(2)]
        ray.init(address=cluster.address, log_to_driver=False)
        while workers + dead_nodes < kills:
            with Killing(cluster, nodes, chance, 0.02) as engine:
                check_same(train(path, 2, engine=engine, **PARAMETERS), right)
            workers, dead_nodes = (
                workers + engine.workers,
                dead_nodes + engine.dead_nodes,
            )
            runs += 1
    finally:
        ray.shutdown()
        cluster.shutdown()
    return workers, dead_nodes, runs


def processes_of_ray(session):
    """Return the processes whose environment names the folder of a session of Ray."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            environment = (folder / "environ").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if f"RAY_TMPDIR={session}" in environment:
            found.append(int(folder.name))
    return found


def start(folder, *options):
    """Start a command with a session of Ray in a folder of its own."""
    arguments = [folder / "corpus.txt", "-o", folder / "out.w2v", "--ray=local"]
    return subprocess.Popen(
        [*COMMAND, *map(str, arguments), *map(str, options)],
        env=ENVIRONMENT | {"RAY_TMPDIR": str(folder / "ray")},
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C reaches the whole group
    )


def end(process, number):
    """Send a signal: Ctrl-C to the whole group, others to the process."""
    if number == signal.SIGINT:
        os.killpg(process.pid, number)
    else:
        process.send_signal(number)


def check_nothing_is_left(folder):
    """
    Raise AssertionError if a process of Ray still runs after two minutes.

    After SIGKILL of the driver, Ray's agents try for a minute to report it.
    """
    deadline = time.monotonic() + 120
    while left := processes_of_ray(str(folder / "ray")):
        assert time.monotonic() < deadline, f"processes {left} are left"
        time.sleep(0.2)


def wait_for_checkpoint(process, path):
    """Wait until a process has written a checkpoint: it trains."""
    before = path.stat().st_mtime_ns if path.exists() else 0
    deadline = time.monotonic() + SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if path.exists() and path.stat().st_mtime_ns > before:
            return
        time.sleep(0.05)


def kill_drivers(folder, right, kills, chance):
    """End commands at random moments, and resume them; return counts by signal."""
    checkpoint, output = folder / "run.ckpt", folder / "out.w2v"
    (folder / "ray").mkdir()
    options = [f"--{k.replace('_', '-')}={v}" for k, v in PARAMETERS.items()]
    counts = dict.fromkeys([s.name for s in SIGNALS], 0)
    resumed = completed = slow = 0
    while sum(counts.values()) < kills or checkpoint.exists():
        given = [*options, "--replicas=2", "--checkpoint", checkpoint]
        if checkpoint.exists():
            given = ["--resume", checkpoint]
            resumed += 1
        process = start(folder, *given, "--every=100000")
        number = chance.choice(SIGNALS)
        if sum(counts.values()) < kills:
            wait_for_checkpoint(process, checkpoint)
            time.sleep(chance.uniform(0, 4))
            end(process, number)
        error = process.communicate(timeout=SECONDS)[1].decode()
        check_nothing_is_left(folder)
        if SLOW_START in error and process.returncode == 2:
            slow += 1
            assert slow <= kills, f"Ray did not start {slow} times: {error}"
        elif not output.exists():
            expected = {signal.SIGKILL: -9, signal.SIGTERM: 143, signal.SIGINT: 130}
            status = process.returncode
            assert status == expected[number], f"{number.name}, {status}: {error}"
            counts[number.name] += 1
        else:  # a signal may have come after the end of the run
            check_same(Word2Vec.load(output), right)
            checkpoint.unlink()
            output.unlink()
            completed += 1
            assert not list(folder.glob(".w2vfast-*.tmp"))
    return counts, resumed, completed


def main():
    """Run the script."""
    parser = argparse.ArgumentParser(description=__doc__.strip().split("\n")[0])
    parser.add_argument("--kills", type=int, default=20, help="of each kind")
    parser.add_argument("--seed", type=int, default=0, help="of the moments")
    parser.add_argument("--tokens", type=int, default=2_000_000, help="of the text")
    parser.add_argument("--only", choices=("replicas", "drivers"))
    arguments = parser.parse_args()
    # Shells start background processes with SIGINT ignored; children would inherit it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    chance = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "corpus.txt"
        write_corpus(path, arguments.tokens)
        right = train(path, 2, **PARAMETERS)
        if arguments.only != "drivers":
            workers, nodes, runs = kill_replicas(path, right, arguments.kills, chance)
            print(
                f"{workers} workers and {nodes} nodes killed in {runs} runs: same bits"
            )
        if arguments.only != "replicas":
            counts, resumed, completed = kill_drivers(
                folder, right, arguments.kills, chance
            )
            print(
                f"drivers ended: {counts}; {resumed} processes resumed, {completed} "
                "completed: same bits, nothing left"
            )


if __name__ == "__main__":
    main()
