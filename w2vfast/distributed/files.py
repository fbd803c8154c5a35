"""Files at paths and URLs: open them, name their errors, and tell versions apart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from w2vfast.files.names import is_url
from w2vfast.io.url_errors import extra_for, protocol_errors, url_errors
from w2vfast.runtime.optional_packages import load

#: Names that file systems give to a checksum or a time of a file, the best first.
_VERSIONS = (
    "ETag", "etag", "md5Hash", "content_md5", "Content-MD5", "generation", "blob_id",
    "LastModified", "last_modified", "Last-Modified", "mtime", "updated", "created",
)  # fmt: skip


def file_system(url: str) -> tuple[Any, str]:
    """
    Return the file system of a URL, and the path in it.

    Raises
    ------
    ImportError
        If fsspec, or its package for the protocol, is missing.
    ValueError
        If fsspec does not know the protocol.
    """
    otherwise = "give a path that all machines can read"
    with protocol_errors(url):
        core = load("fsspec.core", f"the URL {url}", extra_for(url), otherwise)
        system, path = core.url_to_fs(url)
    return system, path


def open_file(url: str, block_size: int | None = None) -> Any:
    """Open a path or a URL for reading bytes; a block is what a request gets of it."""
    if not is_url(url):
        return Path(url).open("rb")
    with url_errors(url):
        system, path = file_system(url)
        return system.open(path, "rb", block_size=block_size)


def version_of(info: dict[str, Any]) -> str:
    """
    Return a text that differs when a file has changed; "" if the server gives none.

    Parameters
    ----------
    info : dict
        What the file system of fsspec says of the file.
    """
    found = (f"{name} {_value(info[name])}" for name in _VERSIONS if info.get(name))
    version = next(found, "")
    return version and f"{info.get('size')} {version}"


def _value(found: Any) -> str:
    """Return a checksum or a time; listings have a float where files have a date."""
    return str(found.timestamp() if hasattr(found, "timestamp") else found)


def check_version(url: str, version: str) -> None:
    """Raise OSError if a server has another version of a URL; "" is any."""
    if not version:
        return
    with url_errors(url):
        system, path = file_system(url)
        system.invalidate_cache(path)
        info = system.info(path)
    size, name, value = version.split(" ", 2)
    if size != str(info.get("size")) or value != _value(info.get(name, value)):
        raise OSError(
            f"{url} has changed since the corpus was divided: start again when no "
            "program writes to it"
        )
