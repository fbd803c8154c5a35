"""Measure all around training: start-up, scan, files, queries, memory, threads."""

from __future__ import annotations

from collections.abc import Sequence

from harness.commands import run_subcommand
from harness.pipeline import arrow, end_to_end, formats, queries, scan, threads

SUBCOMMANDS = {
    "end-to-end": end_to_end,
    "scan": scan,
    "arrow": arrow,
    "formats": formats,
    "queries": queries,
    "threads": threads,
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the subcommand that the command line names."""
    run_subcommand(__doc__, SUBCOMMANDS, arguments)


if __name__ == "__main__":
    main()
