"""Download files of Debian's archive; their SHA-256 must be the one that stands here.

`apt-cache show PACKAGE` prints the checksums of binary packages, `apt-cache showsrc
PACKAGE` those of sources. They come from lists that Debian signs.
"""

from __future__ import annotations

import hashlib
import urllib.request
from pathlib import Path
from urllib.error import URLError

#: Files below pool/main of a mirror.
SHA256 = {
    "m/musl/musl_1.2.5-3.1~deb13u1_amd64.deb": (
        "fd4231e1c189c0ebe01182747f83817593fefa7f6b690c484410646288b60058"
    ),
    "m/musl/musl-dev_1.2.5-3.1~deb13u1_amd64.deb": (
        "a3f7d47e452129bb65aae201d6c115abf4d5d3efb136b38b7c6b4fa03ec065e9"
    ),
    "p/python3.13/python3.13_3.13.5.orig.tar.xz": (
        "93e583f243454e6e9e4588ca2c2662206ad961659863277afcdb96801647d640"
    ),
    "p/python3.13/python3.13_3.13.15.orig.tar.xz": (
        "1e66a7945a48390ee4c2a4268a0e4185884059a13c4aab6d148aa208deea4a76"
    ),
    "z/zlib/zlib_1.2.13.dfsg.orig.tar.bz2": (
        "71feb7947e3c00ef125f83b79a4e529bde31171e5babe48b391f06758d1ab0a1"
    ),
    "b/bzip2/bzip2_1.0.8.orig.tar.gz": (
        "ab5a03176ee106d3f0fa90e381da478ddae405918153cca248e682cd0c4a2269"
    ),
    "x/xz-utils/xz-utils_5.4.1.orig.tar.xz": (
        "5d9827aa1875b21c288f78864bb26d2650b436ea8d2cad364e4921eb6266a5a5"
    ),
}


def check(path: Path, name: str) -> None:
    """Raise SystemExit if a file is not the expected one."""
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != SHA256[name]:
        raise SystemExit(
            f"{path}: its SHA-256 is {found}, expected {SHA256[name]} for {name}. "
            "Delete the file and download it again, or pass another mirror of Debian "
            "with --mirror"
        )


def download(mirror: str, name: str, folder: Path) -> Path:
    """Return a file of the archive; download it unless a run before did.

    Raises SystemExit if it cannot be had, or if its SHA-256 is not the expected one.
    """
    path = folder / Path(name).name
    if path.exists():
        check(path, name)
        return path
    folder.mkdir(exist_ok=True)
    partial = path.with_suffix(".partial")
    url = f"{mirror}/pool/main/{name}"
    try:
        urllib.request.urlretrieve(url, partial)
    except URLError as error:
        raise SystemExit(
            f"{url}: {error}. Expected a file of Debian 12 or 13; pass another mirror "
            "with --mirror, such as http://snapshot.debian.org/archive/debian/DATE"
        ) from error
    check(partial, name)
    partial.rename(path)
    return path
