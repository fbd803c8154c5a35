"""The command line as ``python -m w2vfast``."""

import sys

from w2vfast.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
