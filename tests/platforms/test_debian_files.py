"""Files of Debian's archive are used only if their SHA-256 is the expected one."""

import hashlib
import importlib
from pathlib import Path

import pytest

NAME = "m/made/made_1.deb"


@pytest.fixture
def files(monkeypatch):
    """Import the module as `musl.py` does, with one file in its list."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    module = importlib.import_module("debian_files")
    digest = hashlib.sha256(b"the file").hexdigest()
    monkeypatch.setattr(module, "SHA256", {NAME: digest})
    return module


@pytest.fixture
def mirror(tmp_path):
    """Return a mirror whose only file has the given content."""

    def make(content):
        path = tmp_path / "mirror/pool/main" / NAME
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return (tmp_path / "mirror").as_uri()

    return make


def test_a_file_is_downloaded_once(files, mirror, tmp_path):
    path = files.download(mirror(b"the file"), NAME, tmp_path / "archives")
    assert path.read_bytes() == b"the file"
    assert files.download("no-mirror", NAME, tmp_path / "archives") == path
    assert [path] == list(path.parent.iterdir())


def test_another_file_is_refused_and_downloaded_again(files, mirror, tmp_path):
    with pytest.raises(SystemExit, match=f"expected {files.SHA256[NAME]} for {NAME}"):
        files.download(mirror(b"another file"), NAME, tmp_path / "archives")
    path = files.download(mirror(b"the file"), NAME, tmp_path / "archives")
    assert path.read_bytes() == b"the file"


def test_a_file_that_changed_on_disk_is_refused(files, mirror, tmp_path):
    path = files.download(mirror(b"the file"), NAME, tmp_path / "archives")
    path.write_bytes(b"the fil")
    with pytest.raises(SystemExit, match=f"{path.name}: its SHA-256 is .*Delete"):
        files.download(mirror(b"the file"), NAME, tmp_path / "archives")


def test_a_missing_file_names_the_option_for_another_mirror(files, tmp_path):
    with pytest.raises(SystemExit, match=r"made_1\.deb: .*--mirror"):
        files.download(tmp_path.as_uri(), NAME, tmp_path / "archives")


def test_every_file_has_a_checksum(monkeypatch):
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    musl = importlib.import_module("musl")
    used = {*musl.MUSL, musl.CPYTHON, *musl.LIBRARIES}
    used.add(importlib.import_module("free_threaded").CPYTHON)
    assert used == set(importlib.import_module("debian_files").SHA256)
