"""Measure the quality of vectors, alone or together with speed."""

from __future__ import annotations

from collections.abc import Sequence

from harness.commands import run_subcommand
from harness.quality import batches, equal, held_out, learning, stability, walks

SUBCOMMANDS = {
    "equal": equal,
    "learning": learning,
    "batches": batches,
    "stability": stability,
    "walks": walks,
    "held-out": held_out,
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the subcommand that the command line names."""
    run_subcommand(__doc__, SUBCOMMANDS, arguments)


if __name__ == "__main__":
    main()
