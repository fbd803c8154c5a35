"""The limits of control groups: both versions, nested groups, and what is in use."""

import pytest

from w2vfast.runtime import control_groups, memory
from w2vfast.runtime.control_groups import GroupMemory, group_memory

MB = 1 << 20


@pytest.fixture
def group(tmp_path, monkeypatch):
    """Make a group's folder with files; the process is a member of groups given."""
    monkeypatch.setattr(control_groups, "MOUNT", tmp_path)
    monkeypatch.setattr(control_groups, "MEMBERSHIP", tmp_path / "membership")
    (tmp_path / "membership").write_text("9:memory:/a/b\n3:cpu,cpuset:/no\n0::/a/b\n")

    def make(folder, **files):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (tmp_path / folder / f"memory.{name}").write_text(f"{text}\n")

    return make


def test_without_groups_nothing_is_limited(group):
    assert group_memory() == []
    assert memory.physical_memory() == memory._machine_memory()


@pytest.mark.parametrize("folder", [".", "a", "a/b", "unified/a"])
def test_the_limit_of_every_parent_counts_in_version_2(group, folder):
    group(folder, max=5 * MB, current=4 * MB, stat=f"anon 9\ninactive_file {MB}")
    assert group_memory() == [GroupMemory(5 * MB, 2 * MB)]
    assert memory.physical_memory() == 5 * MB
    assert memory.available_memory() == 2 * MB


@pytest.mark.parametrize("folder", ["memory", "memory/a", "memory/a/b"])
def test_version_1_has_other_names(group, folder):
    used = {"usage_in_bytes": 4 * MB, "stat": f"total_inactive_file {MB}"}
    group(folder, limit_in_bytes=5 * MB, **used)
    assert group_memory() == [GroupMemory(5 * MB, 2 * MB)]


def test_the_smallest_of_nested_limits_counts(group):
    group("a", max=9 * MB, current=MB, stat="")
    group("a/b", max=20 * MB, current=12 * MB, stat="")
    assert memory.physical_memory() == 9 * MB
    assert memory.available_memory() == 8 * MB
    assert memory.resolve_limit(None) == int(4.5 * MB)


def test_a_full_group_lowers_the_budget(group):
    group("a", max=9 * MB, current=8 * MB, stat="")
    assert memory.resolve_limit(None) == 3 * (MB // 4)
    group("a", current=10 * MB)
    assert memory.resolve_limit(None) == 0


def test_the_lower_limit_that_slows_a_group_down_counts(group):
    group("a", max=9 * MB, high=7 * MB)
    assert group_memory() == [GroupMemory(7 * MB, 7 * MB)]


@pytest.mark.parametrize(
    ("file", "text"),
    [("max", "max"), ("max", "none"), ("max", ""), ("limit_in_bytes", 2**63 - 4096)],
)
def test_no_limit_or_nonsense_is_no_limit(group, file, text):
    group("a" if file == "max" else "memory/a", **{file: text})
    assert group_memory() == []


def test_other_groups_do_not_count(group):
    group("other", max=MB)
    group("a/b/c", max=MB)
    assert group_memory() == []
