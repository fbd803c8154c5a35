"""
Fuzz one target or all of them, with atheris if it is installed.

``python tests/fuzz/run.py --seconds 600 word2vec-text`` runs one target. Without atheris,
or with ``--simple``, random changes of valid files replace its coverage-guided search.
An input that makes a target fail is written to the folder ``--crashes``.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import subprocess
import sys
import time
import traceback
from importlib.util import find_spec
from pathlib import Path

MEMORY = 4 << 30  # bytes of address space; a larger allocation is a failure


def main() -> int:
    """Run the targets; return 1 if one failed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("targets", nargs="*", help="names; all targets by default")
    parser.add_argument("--seconds", type=float, default=60, help="for each target")
    parser.add_argument("--simple", action="store_true", help="do not use atheris")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--crashes", type=Path, default=Path("fuzz-crashes"))
    options = parser.parse_args()
    if options.simple or find_spec("atheris") is None:
        from targets import TARGETS

        names = options.targets or list(TARGETS)
        return max(run_simple(name, options) for name in names)
    if len(options.targets) == 1:
        return run_atheris(options.targets[0], options)
    from targets import TARGETS

    failed = 0
    for name in options.targets or TARGETS:  # atheris ends the process
        settings = ["--seconds", str(options.seconds), "--crashes", options.crashes]
        command = [sys.executable, __file__, name, *map(str, settings)]
        failed |= subprocess.run(command, check=False).returncode != 0
    return int(failed)


def run_simple(name: str, options: argparse.Namespace) -> int:
    """Give a target damaged copies of its seeds until the time is over."""
    from mutation import mutate
    from targets import TARGETS

    limit_memory()
    target, drawn = TARGETS[name], random.Random(options.seed)
    starts, failures, n_runs = target.seeds(), 0, 0
    for start in starts:
        target.check(start)
    end = time.monotonic() + options.seconds
    slowest = 0.0
    while time.monotonic() < end and failures < 10:
        data = mutate(drawn.choice(starts), drawn)
        began = time.monotonic()
        try:
            target.check(data)
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            failures += 1
            path = save_crash(options.crashes, f"{name}-{n_runs}", data)
            traceback.print_exc()
            print(f"{name}: failed on {path}", flush=True)
        slowest = max(slowest, time.monotonic() - began)
        n_runs += 1
    print(
        f"{name}: {n_runs} runs, {failures} failures, slowest {slowest:.2f} s",
        flush=True,
    )
    return int(failures > 0)


def run_atheris(name: str, options: argparse.Namespace) -> int:
    """Run a target under atheris, which ends the process."""
    import atheris

    with atheris.instrument_imports(include=["w2vfast"]):
        from targets import TARGETS
    limit_memory()
    target = TARGETS[name]
    corpus = options.crashes / f"corpus-{name}"
    for number, seed in enumerate(target.seeds()):
        save_crash(corpus, f"seed-{number}", seed)
    settings = [
        f"-max_total_time={int(options.seconds)}",
        "-max_len=65536",
        "-timeout=60",
        "-rss_limit_mb=4096",
        "-print_final_stats=1",
        f"-artifact_prefix={options.crashes}/{name}-",
        "-verbosity=0",
    ]
    atheris.Setup([sys.argv[0], *settings, str(corpus)], target.check)
    atheris.Fuzz()
    return 0


def limit_memory() -> None:
    """Let allocations that no file can justify fail; AddressSanitizer needs more."""
    if "asan" not in os.environ.get("LD_PRELOAD", ""):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.RLIM_INFINITY))


def save_crash(folder: Path, name: str, data: bytes) -> Path:
    """Write an input to a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(data)
    return path


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    sys.exit(main())
