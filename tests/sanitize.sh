#!/usr/bin/env bash
# Build the extension modules with sanitizers, in a copy, and run the tests on them.
#
#   tests/sanitize.sh asan       AddressSanitizer and UndefinedBehaviorSanitizer
#   tests/sanitize.sh tsan       ThreadSanitizer
#   tests/sanitize.sh [all]      both
#   tests/sanitize.sh --quick    both, only scanner and parser: for CI
#   tests/sanitize.sh --self-test    plant errors: each sanitizer must report its own
#
# tests/sanitizers/run.py says which tests run. The Python that runs this script needs
# the packages for building and testing; `make sanitize` uses the one of .venv-dev.
set -euo pipefail
exec "${PYTHON:-python3}" "$(dirname "$0")/sanitizers/run.py" "$@"
