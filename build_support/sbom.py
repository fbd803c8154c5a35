"""The software bill of materials: what a wheel contains that others wrote.

PEP 770 puts it into `.dist-info/sboms/`. The format is CycloneDX 1.6. The text depends
on the sources only, so that builds are reproducible: no time, no random number.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

#: A row of the table in THIRD_PARTY.md: package, version, licence.
ROW = re.compile(r"^\| (d3-[a-z]+) \| ([0-9.]+) \| ([A-Za-z0-9-]+) \|$", re.MULTILINE)


def component(name: str, release: str, licence: str, purl: str) -> dict[str, object]:
    """Describe one library as CycloneDX does."""
    return {
        "type": "library",
        "bom-ref": purl,
        "name": name,
        "version": release,
        "licenses": [{"license": {"id": licence}}],
        "purl": purl,
    }


def bundled(third_party: str) -> Iterator[dict[str, object]]:
    """Describe the libraries in the wheel; `third_party` is THIRD_PARTY.md."""
    cython = version("cython")
    purl = f"pkg:pypi/cython@{cython}"
    yield component("cython", cython, "Apache-2.0", purl)  # code in each module
    for name, release, licence in ROW.findall(third_party):
        yield component(name, release, licence, f"pkg:npm/{name}@{release}")


def cyclonedx(name: str, release: str, root: Path = Path()) -> str:
    """Return the SBOM of a wheel as JSON; `root` has THIRD_PARTY.md."""
    components = list(bundled((root / "THIRD_PARTY.md").read_text("utf-8")))
    purl = f"pkg:pypi/{name}@{release}"
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": component(name, release, "MIT", purl)},
        "components": components,
        "dependencies": [
            {"ref": purl, "dependsOn": [entry["bom-ref"] for entry in components]}
        ],
    }
    return json.dumps(document, indent=2) + "\n"
