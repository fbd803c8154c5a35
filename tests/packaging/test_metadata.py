"""The version and the list of bundled software agree in every file that has them."""

import json
import re
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

import w2vfast

ROOT = Path(__file__).parents[2]
VENDOR = ROOT / "w2vfast" / "viz" / "explore" / "vendor"


def test_version_is_written_once():
    pyproject = (ROOT / "pyproject.toml").read_text("utf-8")
    assert 'dynamic = ["version"]' in pyproject
    assert not re.search(r"^version = \"", pyproject, re.MULTILINE)
    assert version("w2vfast") == w2vfast.__version__


def test_citation_has_the_version():
    citation = (ROOT / "CITATION.cff").read_text("utf-8")
    assert f"\nversion: {w2vfast.__version__}\n" in citation


def test_wheel_has_each_license_file_once():
    """But for the licences that pages of `w2vfast explore` contain: code reads them."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    licenses = {ROOT / name for name in settings["project"]["license-files"]}
    assert all(path.is_file() for path in licenses)
    assert ROOT / "w2vfast" / "data" / "README.md" in licenses
    in_package = {
        path
        for package, patterns in settings["tool"]["setuptools"]["package-data"].items()
        for pattern in patterns
        for path in ROOT.joinpath(*package.split(".")).glob(pattern)
    }
    assert ROOT / "w2vfast" / "data" / "kjv.txt.xz" in in_package
    assert licenses & in_package == {VENDOR / "LICENSES.txt"}


def sbom():
    pytest.importorskip("Cython", reason="the SBOM names the version of Cython")
    from build_support.sbom import cyclonedx

    return cyclonedx("w2vfast", "1.2.3", ROOT)


def test_sbom_lists_everything_that_others_wrote():
    document = json.loads(sbom())
    assert document["bomFormat"] == "CycloneDX"
    assert document["metadata"]["component"]["purl"] == "pkg:pypi/w2vfast@1.2.3"
    names = {entry["name"] for entry in document["components"]}
    assert names == {"cython", *(p.name[:-7] for p in VENDOR.glob("*.min.js"))}
    references = [entry["bom-ref"] for entry in document["components"]]
    assert document["dependencies"][0]["dependsOn"] == references
    for entry in document["components"]:
        assert entry["licenses"][0]["license"]["id"]
        assert entry["version"] in entry["purl"]


def test_sbom_is_the_same_each_time():
    assert sbom() == sbom()
