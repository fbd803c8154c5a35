"""Measure the compiled kernels: throughput, agreement with the reference, builds."""

from __future__ import annotations

from collections.abc import Sequence

from harness.commands import run_subcommand
from harness.kernels import builds, reference, throughput

SUBCOMMANDS = {"throughput": throughput, "reference": reference, "builds": builds}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the subcommand that the command line names."""
    run_subcommand(__doc__, SUBCOMMANDS, arguments)


if __name__ == "__main__":
    main()
