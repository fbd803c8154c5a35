"""Errors of fsspec about a URL or its protocol, with the URL and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from w2vfast.files.names import is_url
from w2vfast.wording import shortened


def extra_for(url: str) -> str:
    """
    Return the extra of w2vfast that installs what opens a URL.

    Examples
    --------
    >>> extra_for("s3://bucket/corpus.txt"), extra_for("https://host/corpus.txt")
    ('s3', 'fsspec')
    """
    is_s3 = url.rpartition("::")[2].startswith(("s3://", "s3a://"))
    return "s3" if is_s3 else "fsspec"


@contextmanager
def protocol_errors(url: str) -> Iterator[None]:
    """
    Raise errors about the protocol of a URL so that they name the URL.

    Raises
    ------
    ImportError
        If the package of the protocol is missing.
    ValueError
        If fsspec does not know the protocol, or the URL is wrong.
    """
    try:
        yield
    except ImportError as error:
        if url in str(error):
            raise
        raise ImportError(
            f"{url}: {first_line(error)}; expected the package of this protocol on "
            "each machine that opens the URL: pip install 'w2vfast[s3]' for s3, gcsfs "
            "for gs, adlfs for abfs, aiohttp for https; or copy the file and give its "
            "path"
        ) from error
    except ValueError as error:
        if url in str(error):
            raise
        raise ValueError(
            f"{url}: {first_line(error)}; expected a path, or a URL with a protocol of "
            "fsspec, such as s3://bucket/corpus.txt or https://host/corpus.txt"
        ) from error


@contextmanager
def url_errors(url: str) -> Iterator[None]:
    """Raise errors of a file system as OSErrors that name the URL; paths have none."""
    if not is_url(url):
        yield
        return
    try:
        yield
    except FileNotFoundError as error:
        cause = error.__cause__  # such as a host that is not found
        reason = first_line(cause if isinstance(cause, Exception) else error)
        raise FileNotFoundError(f"no such file: {url} ({reason})") from error
    except PermissionError as error:
        raise PermissionError(
            f"{url}: access is denied ({first_line(error)}): give this machine, and "
            "all others that read it, the right to list and read it"
        ) from error
    except (ImportError, ValueError, TypeError, MemoryError):
        raise
    except Exception as error:  # of aiohttp, botocore and so on
        raise OSError(
            f"{url} cannot be read ({type(error).__name__}: {first_line(error)}): "
            "check the address, the credentials and the network of this machine"
        ) from error


def first_line(error: Exception) -> str:
    """Return the first line of an error, or its type, in at most 200 characters."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return shortened(lines[0], 200)
