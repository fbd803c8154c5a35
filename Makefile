# Each target works in a fresh clone: it first makes a virtual environment in .venv-dev,
# and compiles the kernels again if their sources are newer.
#
#   make build     compile the kernels
#   make test      run the tests
#   make lint      run the linters of .pre-commit-config.yaml on all files
#   make docs      build the documentation in docs/_build/html, and run its examples
#   make sanitize  run the tests of compiled code with ASan, UBSan and TSan
#   make coverage  measure the lines and branches that the tests run
#   make mutants   plant errors one at a time; the tests must find each of them
#   make bench     measure the kernels beside a matrix product; needs no corpus

PYTHON ?= python3
VENV := .venv-dev
SOURCES := $(shell find w2vfast -name '*.pyx' -o -name '*.pxd' -o -name '*.h')
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)

.PHONY: pages build test lint docs sanitize coverage mutants bench

build: $(VENV)/built

$(VENV)/built: pyproject.toml setup.py $(SOURCES)
	test -d $(VENV) || $(PYTHON) -m venv $(VENV)
	pip install -q -e '.[test,check,lint,docs,browser]'
	touch $@

test: build
	pytest -n auto --dist loadfile

lint: build
	pre-commit run --all-files --show-diff-on-failure

docs: pages
	pytest tests/docs

# The documentation without the tests of its examples, which `make test` runs too.
pages: build
	sphinx-build -q -W --keep-going -d docs/_build/doctrees docs docs/_build/html
	pytest --doctest-modules w2vfast

sanitize: build
	python tests/sanitizers/run.py

coverage: build
	python tests/measure_coverage.py

mutants: build
	python tests/mutants/run.py

bench: build
	python benchmarks/kernels.py throughput --rounds 1
