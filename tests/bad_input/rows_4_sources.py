"""Rows of the table: missing files, folders, links, pipes and open files."""

import gzip
import io
from pathlib import Path

from w2vfast import Corpus

TITLE = "Files, folders and pipes"
TEXT = "A list of str is a list of paths. A folder stands for all files in it."


def links(f, target, name="c/link", **options):
    """Return the corpus of a folder with a link."""
    f.write("c/a.txt", "a b")
    Path(name).symlink_to(target, **options)
    return Corpus("c")


def changed(f):
    """Change a file while it is read."""

    def grow(*_):
        path.write_text("a b\n" * 100)

    path = f.write("x.txt", "a b\n" * 50)
    from w2vfast.corpus import encoder

    original = encoder.threads.run
    encoder.threads.run = lambda *given: (original(*given), grow())[0]
    try:
        return Corpus(path)
    finally:
        encoder.threads.run = original


def text_file(f):
    with f.write("x.txt", "a b").open() as file:
        return Corpus(file)


def closed_file(f):
    with f.write("x.txt", "a b").open("rb") as file:
        pass
    return Corpus(file)


def binary_file(f, data=b"a b\nc"):
    with f.write("x.bin", data).open("rb") as file:
        return Corpus(file)


def ended():
    file = io.BytesIO(b"a b\nc")
    file.read()
    return file


def read_before(f):
    with f.write("x.txt", "a b\n").open("rb") as file:
        assert Corpus(file)
        return Corpus([f.write("y.txt", "c"), file])


def twice(f):
    pipe = f.pipe("pipe", b"a b")
    return Corpus([pipe, pipe])


GZIP = gzip.compress(b"a b\n")
EXPECTED = (
    "expected a path, a list of paths or an iterable of token lists, such as "
    "[line.split() for line in lines]"
)
ROWS = [
    ("a missing file", lambda f: Corpus("none.txt"),
     "FileNotFoundError: no such file: 'none.txt'"),
    ("a name with a typing error", lambda f: (f.write("books.txt", "a"), Corpus("book.txt")),
     "FileNotFoundError: no such file: 'book.txt'; did you mean 'books.txt'?"),
    ("a misspelt name, and files of one stem", lambda f: (
        [f.write(f"books.{x}", "a") for x in ("bin", "txt")], Corpus("book.txt")),
     "FileNotFoundError: no such file: 'book.txt'; did you mean 'books.txt'?"),
    ("a pattern without a suffix", lambda f: Corpus("part-??"),
     "FileNotFoundError: no such file: 'part-??'; patterns are not expanded: pass "
     "sorted(glob.glob('part-??'))"),
    ("sentences with marks of patterns", lambda f: Corpus(["Is it he/she?", "Yes."]),
     "TypeError: a list of str that name no files ('Is it he/she?', ...): sentences must "
     "be token lists, such as [line.split() for line in lines]"),
    ("a pattern", lambda f: (f.write("a.txt", "a"), Corpus("*.txt")),
     "FileNotFoundError: no such file: '*.txt'; patterns are not expanded: pass "
     "sorted(glob.glob('*.txt'))"),
    ("a list with a pattern", lambda f: (f.write("a.txt", "a"), Corpus(["a.txt", "b/*.gz"])),
     "FileNotFoundError: no such file: 'b/*.gz'; patterns are not expanded: pass "
     "sorted(glob.glob('b/*.gz'))"),
    ("a missing Path in a list", lambda f: Corpus([Path("none.txt")]),
     "FileNotFoundError: no such file: …Path('none.txt')"),
    ("a missing file in a list", lambda f: Corpus([f.write("a.txt", "a"), "b.txt"]),
     "FileNotFoundError: no such file: 'b.txt'"),
    ("missing files with names of files", lambda f: Corpus(["a.txt", "b.txt.gz"]),
     "FileNotFoundError: no such file: 'a.txt', 'b.txt.gz'; a list of str is a list of "
     "paths (if they are the words of one sentence, pass [words])"),
    ("an empty file", lambda f: f.corpus("x.txt", ""),
     "ValueError: the corpus is empty: there is no token in x.txt"),
    ("a file of white space", lambda f: f.corpus("x.txt", " \n\t\n"),
     "ValueError: the corpus is empty: there is no token in x.txt"),
    ("an empty folder", lambda f: (Path("c").mkdir(), Corpus("c")),
     "ValueError: the directory c has no files to read"),
    ("a folder with hidden files only", lambda f: (f.write("c/.a", "a"), Corpus("c")),
     "ValueError: the directory c has no files to read"),
    ("a folder whose folder links to it", lambda f: links(f, "../c"), "a b"),
    ("a link to a file in a folder", lambda f: links(f, "a.txt"), "a b | a b"),
    ("a link to a missing file in a folder", lambda f: links(f, "none"),
     "FileNotFoundError: no such file: 'c/link' (a link to 'none', which does not exist "
     "or is a loop); remove the link"),
    ("a link to itself", lambda f: (links(f, "link", "link"), Corpus("link"))[1],
     "FileNotFoundError: no such file: 'link' (a link to 'link', which does not exist "
     f"or is a loop); raw text is not accepted: {EXPECTED}"),
    ("a file that changes while it is read", changed,
     "OSError: x.txt changed while it was being read: copy it, or wait until nothing "
     "writes to it, and read it again"),
    ("a named pipe", lambda f: Corpus(f.pipe("pipe", b"a b\nc")), "a b | c"),
    ("a named pipe with gzip data", lambda f: Corpus(f.pipe("pipe", GZIP)), "a b"),
    ("a named pipe with a zip archive", lambda f: Corpus(f.pipe("pipe", b"PK\3\4")),
     "NotTextError: pipe: a zip archive, not text; unpack it: unzip -p pipe > "
     "corpus.txt"),
    ("a named pipe with Latin-1", lambda f: Corpus(f.pipe("pipe", b"a\nb \xe9")),
     "NotTextError: pipe: line 2, byte 4: 0xe9 is not utf-8 (unexpected end of data); …"),
    ("a named pipe without data", lambda f: Corpus(f.pipe("pipe", b"")),
     "ValueError: the corpus is empty: there is no token in pipe"),
    ("a named pipe twice", twice,
     "ValueError: pipe is in the list twice, but a pipe can be read only once: save its "
     "text in a file"),
    ("an open binary file", binary_file, "a b | c"),
    ("an open binary file with gzip data", lambda f: binary_file(f, GZIP), "a b"),
    ("bytes in memory as a file", lambda f: Corpus(io.BytesIO(b"a b\nc")), "a b | c"),
    ("bytes in memory as a file, at its end", lambda f: Corpus(ended()),
     "ValueError: the file <BytesIO> is at its end, byte 5, so nothing is left to read: "
     "call seek(0) on it first"),
    ("a file in a list, read before", read_before,
     "ValueError: the file x.txt is at its end, byte 4, so nothing is left to read: …"),
    ("an open text file", text_file,
     "TypeError: an open text file (TextIOWrapper x.txt): give its path instead, or "
     "open it as binary: open(path, 'rb')"),
    ("text in memory as a file", lambda f: Corpus(io.StringIO("a b")),
     "TypeError: an open text file (StringIO <StringIO>): give its path instead, or "
     "open it as binary: open(path, 'rb')"),
    ("a closed file", closed_file,
     "ValueError: the file x.txt is closed: open it again, or give its path"),
    ("a name that is not ASCII", lambda f: f.corpus("größe 日本.txt", "a b"), "a b"),
    ("a Corpus", lambda f: Corpus(Corpus([["a"]])),
     "TypeError: the source is a Corpus already: use it as it is"),
]  # fmt: skip
