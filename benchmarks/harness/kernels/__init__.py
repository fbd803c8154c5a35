"""The subcommands of kernels.py."""
