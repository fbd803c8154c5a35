"""The subcommands of pipeline.py."""
