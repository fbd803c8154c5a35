"""Rows of the table: the command line."""

import io
import os
import subprocess
import sys
from pathlib import Path

import numpy as np

import w2vfast
from w2vfast import KeyedVectors

TITLE = "Command line"
TEXT = (
    "An error is one line on standard error, and the status is 2. `-` is standard input. "
    "`--` goes before words that begin with a dash."
)
SMALL = [
    "-o",
    "v.bin",
    "--vector-size=4",
    "--min-count=1",
    "--epochs=40",
    "--workers=1",
]
SMALL += ["--sample=0"]
TEXT_BYTES = b"the cat sat\non the mat\n" * 9
TRAINED = "exit 0: 5 words of 4 dimensions, … words/s, loss …, written to v.bin"


def train(*arguments, data=None, name="x.txt"):
    """Return a function that writes a file and runs the command train."""

    def run(f):
        if data is not None:
            f.write(name, data)
        return f.run("train", *arguments, *SMALL)

    return run


def similar(*words):
    """Return a function that asks for neighbours."""

    def run(f):
        KeyedVectors(["-a", "--b", "c"], np.eye(3, dtype=np.float32)).save("v.bin")
        return f.run("similar", "v.bin", *words)

    return run


def stdin(data, *arguments):
    """Return a function that runs train in a process with this standard input."""

    def run(f):
        path = os.pathsep.join([str(Path(w2vfast.__file__).parents[1])])
        command = [sys.executable, "-P", "-m", "w2vfast", "train", "-", *arguments]
        done = subprocess.run(
            [*command, *SMALL],
            input=data,
            capture_output=True,
            env=os.environ | {"PYTHONPATH": path},
            timeout=120,
        )
        text = done.stderr.decode().strip().removeprefix("w2vfast: ")
        return f"exit {done.returncode}: {text}"

    return run


def closed_stdin(f):
    before, sys.stdin = sys.stdin, None
    try:
        return f.run("train", "-", *SMALL)
    finally:
        sys.stdin = before


def piped(f):
    return f.run("train", f.pipe("my pipe", TEXT_BYTES), *SMALL)


def loss_of_bytes(f):
    """Use a standard input that is no file, as in tests and notebooks."""
    before, sys.stdin = sys.stdin, io.TextIOWrapper(io.BytesIO(TEXT_BYTES))
    try:
        return f.run("train", "-", *SMALL)
    finally:
        sys.stdin = before


TRAIN_HELP = "(see w2vfast train --help)"
ROWS = [
    ("train -, with text on standard input", stdin(TEXT_BYTES), TRAINED),
    ("train -, with gzip data", stdin(__import__("gzip").compress(TEXT_BYTES)), TRAINED),
    ("train -, with a zip archive", stdin(b"PK\3\4abc"),
     "exit 2: error: standard input: a zip archive, not text; unpack it: unzip -p "
     "'standard input' > corpus.txt"),
    ("train -, with Latin-1", stdin(b"a\ncaf\xe9\n"),
     "exit 2: error: standard input: line 2, byte 5: 0xe9 is not utf-8 (invalid "
     "continuation byte); pass the file's encoding, such as --encoding latin-1 or "
     "'gb18030', or --errors replace"),
    ("train - --encoding latin-1",
     stdin("the cat sät on the mat\n".encode("latin-1") * 9, "--encoding", "latin-1"),
     TRAINED),
    ("train -, with JSON Lines and --field text",
     stdin(b'{"text": "the cat sat on the mat"}\n' * 9, "--field", "text"), TRAINED),
    ("train -, with nothing", stdin(b""),
     "exit 2: error: the corpus is empty: there is no token in standard input"),
    ("train - -", train("-", "-"),
     "exit 2: error: - is given twice, but standard input can be read only once"),
    ("train -, with a closed standard input", closed_stdin,
     "exit 2: error: -: standard input is closed: redirect a file to it"),
    ("train -, with a standard input in memory", loss_of_bytes, TRAINED),
    ("a named pipe", piped, TRAINED),
    ("a name with spaces", train("my file.txt", data=TEXT_BYTES, name="my file.txt"),
     TRAINED),
    ("a name that is not ASCII", train("größe.txt", data=TEXT_BYTES, name="größe.txt"),
     TRAINED),
    ("a name that begins with a dash",
     train("./-x.txt", data=TEXT_BYTES, name="-x.txt"), TRAINED),
    ("a missing file", train("none.txt"), "exit 2: error: no such file: none.txt"),
    ("a misspelt name", train("book.txt", name="books.txt", data=TEXT_BYTES),
     "exit 2: error: no such file: book.txt; did you mean 'books.txt'?"),
    ("Latin-1", train("x.txt", data=b"caf\xe9\n"),
     "exit 2: error: x.txt: line 1, byte 3: 0xe9 is not utf-8 (…); …"),
    ("--errors replace", train("x.txt", "--errors", "replace",
                               data=b"the cat s\xe9t on mat the\n" * 9), TRAINED),
    ("--errors strikt", train("x.txt", "--errors", "strikt", data=b"a"),
     "exit 2: error: --errors strikt: expected one of 'strict', 'replace', 'ignore', "
     "'surrogateescape'"),
    ("CSV", train("x.csv", name="x.csv", data=b"id,text\n1,the cat\n2,the cat\n"),
     "exit 0: warning: x.csv looks like a table with the columns 'id', 'text', …: pass "
     "--field text to read one column …w2vfast: 4 words of …"),
    ("--field text", train("x.csv", "--field=text", name="x.csv",
                           data=b"id,text\n" + b"1,the cat sat on the mat\n" * 9), TRAINED),
    ("-size 100, as of word2vec.c", train("x.txt", "-size", "100", data=TEXT_BYTES),
     "exit 2: error: long options have two hyphens, and values are words of their own: instead of -size pass "
     f"--vector-size 100 {TRAIN_HELP}"),
    ("-output=v.bin", train("x.txt", "-output=v.bin", data=TEXT_BYTES),
     "exit 2: error: long options have two hyphens, and values are words of their own: instead of -output pass "
     f"--output v.bin {TRAIN_HELP}"),
    ("-cbow 0 -iter 3", train("x.txt", "-cbow", "0", "-iter", "3", data=TEXT_BYTES),
     "exit 2: error: long options have two hyphens, and values are words of their own: instead of -cbow pass "
     f"--architecture skipgram; instead of -iter pass --epochs 3 {TRAIN_HELP}"),
    ("--epoch=3", train("x.txt", "--epoch=3", data=TEXT_BYTES),
     "exit 2: error: unrecognized arguments: --epoch=3; instead of --epoch pass "
     f"--epochs 3 {TRAIN_HELP}"),
    ("--minCount 5", train("x.txt", "--minCount", "5", data=TEXT_BYTES),
     "exit 2: error: unrecognized arguments: --minCount 5; instead of --minCount pass "
     f"--min-count 5 {TRAIN_HELP}"),
    ("similar v.bin -- -a --b", similar("--topn=1", "--", "-a", "--b"),
     "exit 0: word neighbour cosine -a --b 0.0000 --b -a 0.0000"),
    ("similar v.bin -a", similar("-a"),
     "exit 2: error: the following arguments are required: WORD …"),
    ("similar v.bin c -a", similar("c", "-a"),
     "exit 2: error: unrecognized arguments: -a; put -- before -a if it is a word "
     "(see w2vfast similar --help)"),
    ("similar v.bin c -- -z", similar("c", "--", "-z"),
     "exit 2: error: '-z' is not among the 3 words of these vectors; did you mean '-a'?"),
]  # fmt: skip
