"""The subcommands of quality.py."""
