"""Large temporary files go to a disk, unless the user chose another folder."""

import tempfile

import pytest

from w2vfast import Corpus
from w2vfast.runtime import temporary_folder
from w2vfast.runtime.temporary_folder import folder_on_disk


@pytest.fixture
def mounts(tmp_path, monkeypatch):
    """Pretend that some file systems are mounted, and that TMPDIR is not set."""
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.delenv(name, raising=False)
    usual, disk = tmp_path / "tmp", tmp_path / "var"
    usual.mkdir()
    disk.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(usual))
    monkeypatch.setattr(temporary_folder, "ON_DISK", str(disk))
    monkeypatch.setattr(temporary_folder, "_MOUNTS", tmp_path / "mounts")

    def mount(*kinds):
        lines = [f"none {tmp_path / place} {kind} rw 0 0\n" for place, kind in kinds]
        (tmp_path / "mounts").write_text("".join(lines))
        return usual, disk

    return mount


def test_the_usual_folder_serves_if_it_is_on_a_disk(mounts):
    usual, _ = mounts(("", "tmpfs"), ("tmp", "ext4"))
    assert folder_on_disk() == str(usual)
    usual, _ = mounts(("tmp", "tmpfs"), ("tmp", "ext4"))
    assert folder_on_disk() == str(usual)
    mounts(("elsewhere", "tmpfs"))
    assert folder_on_disk() == str(usual)


@pytest.mark.parametrize("kind", temporary_folder.IN_MEMORY)
def test_a_folder_in_memory_is_avoided(mounts, kind):
    usual, disk = mounts(("", "ext4"), ("tmp", kind))
    assert folder_on_disk() == str(disk)
    mounts(("", kind))
    assert folder_on_disk() == str(usual)  # there is no better one


def test_tmpdir_is_the_choice_of_the_user(mounts, monkeypatch):
    usual, _ = mounts(("", "ext4"), ("tmp", "tmpfs"))
    monkeypatch.setenv("TMPDIR", str(usual))
    assert folder_on_disk() == str(usual)


def test_a_missing_folder_or_list_of_mounts_is_no_error(mounts, tmp_path):
    usual, disk = mounts(("tmp", "tmpfs"))
    disk.rmdir()
    assert folder_on_disk() == str(usual)
    (tmp_path / "mounts").unlink()
    assert folder_on_disk() == str(usual)


def test_ids_go_to_that_folder(mounts, monkeypatch):
    _, disk = mounts(("", "ext4"), ("tmp", "tmpfs"))
    used = []
    make = tempfile.TemporaryFile

    def recorded(*args, **options):
        used.append(options["dir"])
        return make(*args, **options)

    monkeypatch.setattr(tempfile, "TemporaryFile", recorded)
    corpus = Corpus([["a", "b", "a"]] * 100, memory_limit=10)
    assert set(used) == {str(disk)}
    assert corpus.ids[:3].tolist() == [0, 1, 0]
