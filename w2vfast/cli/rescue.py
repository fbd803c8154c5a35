"""Save a trained model in another place if the output file cannot be written."""

from __future__ import annotations

import stat
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from w2vfast.cli.output import error_text
from w2vfast.io.formats import writable_format
from w2vfast.word2vec import Word2Vec


class OutputError(RuntimeError):
    """The output file could not be written. The message says where the model is."""


def write_output(model: Word2Vec, output: Path) -> None:
    """
    Write the output, or the model under another name.

    Raises
    ------
    OutputError
        If `output` could not be written.
    """
    try:
        _write(model, output)
    except (OSError, ValueError, ImportError, MemoryError) as error:
        raise OutputError(_rescue(model, output, error)) from error


def _write(model: Word2Vec, path: Path) -> None:
    whole_model = writable_format(path, option="") == "w2v"
    (model.save if whole_model else model.save_vectors)(path)


def _rescue(model: Word2Vec, output: Path, error: Exception) -> str:
    """Save the model in the first place that works; return the message."""
    reason = error_text(error)
    if str(output) not in reason:
        reason = f"{output}: {reason}"
    failed = []
    names = [output.name] if output.suffix == ".w2v" else [f"{output.name}.w2v"]
    for path in places(output, [*names, output.name]):
        try:
            _write(model, path)
        except (OSError, ValueError, ImportError, MemoryError) as second:
            failed.append(f"{path} ({error_text(second)})")
            continue
        hint = "the whole model; w2vfast convert writes its vectors in other formats"
        if path.suffix != ".w2v":
            hint = "the vectors"
        return f"{reason}; the result of the training was saved as {path} ({hint})"
    return f"{reason}; the model could not be saved as {', '.join(failed)} either"


def places(output: Path, names: Sequence[str], *others: Path) -> Iterator[Path]:
    """
    Yield unused paths for a file that could not be written as `output`.

    Parameters
    ----------
    output : Path
        Its folder is tried first, the temporary folder last.
    names : sequence of str
        Of files, the preferred one first.
    *others : Path
        Further files whose folders are tried.
    """
    # Not beside a pipe, or a device in a folder of devices.
    folders = [path.parent for path in (output, *others) if _is_replaceable(path)]
    folders.append(Path(tempfile.gettempdir()))
    for name in dict.fromkeys(names):
        for folder in dict.fromkeys(folders):
            yield _unused(folder / f"rescued-{name}")


def _is_replaceable(path: Path) -> bool:
    try:
        return not path.exists() or stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return True


def _unused(path: Path) -> Path:
    """Return the path, with a number if there is such a file from an earlier run."""
    number, found = 1, path
    while found.exists():
        number += 1
        found = path.with_name(f"rescued-{number}-{path.name.removeprefix('rescued-')}")
    return found
