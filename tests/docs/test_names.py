"""Files and benchmark commands that the documents name exist."""

import re
import shlex
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
FOLDERS = ("w2vfast", "benchmarks", "tests", "docs")
FILES = [path.as_posix() for name in FOLDERS for path in (ROOT / name).rglob("*")]
SOURCE = re.compile(r"`([\w/-]+\.(?:py|pyx|pxd|h))`")
COMMAND = re.compile(r"\bbenchmarks/(\w+\.py)((?: [a-z-]+)?)")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_source_files_exist(document):
    text = document.read_text(encoding="utf-8")
    missing = [
        name
        for name in SOURCE.findall(text)
        if not any(path.endswith(f"/{name}") for path in FILES)
        and not (ROOT / name).is_file()
    ]
    assert not missing


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_benchmark_commands_exist(document):
    text = " ".join(document.read_text(encoding="utf-8").split())
    for script, subcommand in COMMAND.findall(text):
        source = (ROOT / "benchmarks" / script).read_text(encoding="utf-8")
        names = re.search(r"(?s)SUBCOMMANDS = \{(.*?)\}", source)
        if names and subcommand:
            assert f'"{shlex.split(subcommand)[0]}"' in names[1], (script, subcommand)
