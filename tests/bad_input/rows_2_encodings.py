"""Rows of the table: encodings, byte order marks, and what separates words."""

TITLE = "Encodings and white space"
TEXT = (
    "Files are UTF-8 unless `encoding` says otherwise. Words of a file are separated by "
    "ASCII white space, and sentences end at `\\n`. Words in memory are never split."
)
LATIN = "un café noir\n".encode("latin-1")
GBK = "我 喜欢 猫\n".encode("gbk")
RUSSIAN = "привет".encode("utf-16-le")
REST = "such as encoding='latin-1' or 'gb18030', or errors='replace'"


def lines(*words):
    return "".join(f"{word} b\n" for word in words)


ROWS = [
    ("Latin-1", lambda f: f.corpus("x.txt", b"a\n" + LATIN),
     "NotTextError: x.txt: line 2, byte 8: 0xe9 is not utf-8 (invalid continuation "
     f"byte); pass the file's encoding, {REST}"),
    ("Latin-1 in the second chunk of a file",
     lambda f: f.corpus("x.txt", b"ab cd\n" * 99 + LATIN, _chunk_bytes=64),
     "NotTextError: x.txt: line 100, byte 600: 0xe9 is not utf-8 (…); …"),
    ("Latin-1 with its encoding", lambda f: f.corpus("x.txt", LATIN, encoding="latin-1"),
     "un café noir"),
    ("Latin-1 and errors='replace'",
     lambda f: f.corpus("x.txt", LATIN, errors="replace"), "un caf\ufffd noir"),
    ("Latin-1 and errors='ignore'",
     lambda f: f.corpus("x.txt", LATIN, errors="ignore"), "un caf noir"),
    ("Latin-1 and errors='surrogateescape'",
     lambda f: f.corpus("x.txt", LATIN, errors="surrogateescape"), "un caf\udce9 noir"),
    ("GBK", lambda f: f.corpus("x.txt", GBK),
     f"NotTextError: x.txt: line 1, byte 0: 0xce is not utf-8 (…); pass the file's "
     f"encoding, {REST}"),
    ("GBK with its encoding", lambda f: f.corpus("x.txt", GBK, encoding="gbk"),
     "我 喜欢 猫"),
    ("UTF-8 read as GBK", lambda f: f.corpus("x.txt", "a\n“b”", encoding="gbk"),
     "NotTextError: x.txt: line 2, byte 8: 0x9d is not gbk (…); pass the file's "
     "encoding, such as encoding='utf-8' or 'latin-1', or errors='replace'"),
    ("a letter that is not ASCII, and encoding='ascii'",
     lambda f: f.corpus("x.txt", "a\né\n", encoding="ascii"),
     "NotTextError: x.txt: line 2, byte 2: 0xc3 is not ascii (ordinal not in "
     "range(128)); …"),
    ("a character cut at the end of the file",
     lambda f: f.corpus("x.txt", "a 猫".encode()[:-1]),
     "NotTextError: x.txt: line 1, byte 2: 0xe7 0x8c is not utf-8 (unexpected end of "
     "data); …"),
    ("a surrogate in UTF-8", lambda f: f.corpus("x.txt", b"a \xed\xa0\x80"),
     "NotTextError: x.txt: line 1, byte 2: 0xed is not utf-8 (invalid continuation "
     "byte); …"),
    ("an overlong form in UTF-8", lambda f: f.corpus("x.txt", b"a \xc0\xaf"),
     "NotTextError: x.txt: line 1, byte 2: 0xc0 is not utf-8 (invalid start byte); …"),
    ("UTF-16 with a byte order mark",
     lambda f: f.corpus("x.txt", "the cat\n".encode("utf-16")),
     "NotTextError: x.txt: UTF-16 text; pass encoding='utf-16', or convert it: iconv -f "
     "utf-16 -t utf-8 x.txt > corpus.txt"),
    ("UTF-16 without a byte order mark",
     lambda f: f.corpus("x.txt", "the cat\n".encode("utf-16-le")),
     "NotTextError: x.txt: UTF-16-LE text; pass encoding='utf-16-le', or convert it: "
     "iconv -f utf-16-le -t utf-8 x.txt > corpus.txt"),
    ("UTF-16, big-endian, without a byte order mark",
     lambda f: f.corpus("x.txt", "the cat\n".encode("utf-16-be")),
     "NotTextError: x.txt: UTF-16-BE text; pass encoding='utf-16-be', …"),
    ("UTF-32 with a byte order mark",
     lambda f: f.corpus("x.txt", "the cat\n".encode("utf-32")),
     "NotTextError: x.txt: UTF-32 text; pass encoding='utf-32', …"),
    ("UTF-32 without a byte order mark",
     lambda f: f.corpus("x.txt", "the cat\n".encode("utf-32-le")),
     "NotTextError: x.txt: UTF-32-LE text; pass encoding='utf-32-le', …"),
    ("UTF-16 of Cyrillic letters only", lambda f: f.corpus("x.txt", RUSSIAN),
     "NotTextError: x.txt: UTF-16-LE text; pass encoding='utf-16-le', …"),
    ("UTF-16 of Cyrillic letters only, and encoding='latin-1'",
     lambda f: f.corpus("x.txt", RUSSIAN, encoding="latin-1"),
     "NotTextError: x.txt: UTF-16-LE text; pass encoding='utf-16-le', …"),
    ("UTF-16 of Chinese characters only",
     lambda f: f.corpus("x.txt", "我喜欢猫。".encode("utf-16-be")),
     "NotTextError: x.txt: line 1, byte 3: 0x9c is not utf-8 (…); pass the file's encoding, such "
     "as encoding='latin-1' or 'gb18030', or errors='replace'; it may be UTF-16: "
     "encoding='utf-16-be'"),
    ("UTF-16 with its encoding",
     lambda f: f.corpus("x.txt", "the cat\n".encode("utf-16"), encoding="utf-16"),
     "the cat"),
    ("UTF-16-LE with its encoding and a byte order mark",
     lambda f: f.corpus("x.txt", "\ufeffthe cat".encode("utf-16-le"),
                        encoding="utf-16-le"), "the cat"),
    ("UTF-16 cut within a character",
     lambda f: f.corpus("x.txt", "a\nb".encode("utf-16")[:-1], encoding="utf-16"),
     "NotTextError: x.txt: line 2, byte 6: 0x62 is not utf-16 (truncated data); …"),
    ("UTF-8 read as UTF-16", lambda f: f.corpus("x.txt", "the cats", encoding="utf-16"),
     "NotTextError: x.txt: UTF-16 stream does not start with BOM; pass another "
     "encoding, such as 'utf-8'"),
    ("UTF-8 read as UTF-16-LE",
     lambda f: f.corpus("x.txt", "the cat sat on the mat", encoding="utf-16-le"),
     "NotTextError: x.txt: ASCII text, not utf-16-le: leave encoding out, or pass the "
     "file's encoding"),
    ("a NUL character in UTF-16",
     lambda f: f.corpus("x.txt", "a\nb\0".encode("utf-16"), encoding="utf-16"),
     "NotTextError: x.txt: line 2: a NUL character, which text does not have "
     "(encoding='utf-16'): …"),
    ("a byte order mark of UTF-8 in each of two files",
     lambda f: f.corpus("c/2.txt", b"\xef\xbb\xbfb c").__class__(
         [f.write("c/1.txt", b"\xef\xbb\xbfa b"), "c/2.txt"]), "a b | b c"),
    ("only a byte order mark", lambda f: f.corpus("x.txt", b"\xef\xbb\xbf"),
     "ValueError: the corpus is empty: there is no token in x.txt"),
    ("encoding='utf-8-sig'",
     lambda f: f.corpus("x.txt", b"\xef\xbb\xbfa b", encoding="utf-8-sig"), "a b"),
    ("an unknown encoding", lambda f: f.corpus("x.txt", "a", encoding="utf-9"),
     "ValueError: encoding='utf-9': Python has no such encoding; expected one such as "
     "'utf-8', 'latin-1', 'cp1252', 'gb18030' or 'utf-16'"),
    ("a codec that is no text encoding",
     lambda f: f.corpus("x.txt", "a", encoding="base64"),
     "ValueError: encoding='base64' is no encoding of text files: expected one such as "
     "'utf-8' or 'latin-1'"),
    ("a codec for host names", lambda f: f.corpus("x.txt", "a", encoding="idna"),
     "ValueError: encoding='idna' is no encoding of text files: expected one such as "
     "'utf-8' or 'latin-1'"),
    ("a codec that always fails", lambda f: f.corpus("x.txt", "a", encoding="undefined"),
     "ValueError: encoding='undefined' is no encoding of text files: …"),
    ("encoding=None", lambda f: f.corpus("x.txt", "a", encoding=None),
     "TypeError: encoding=None: expected a str, such as encoding='utf-8'"),
    ("errors='strikt'", lambda f: f.corpus("x.txt", "a", errors="strikt"),
     "ValueError: errors='strikt': expected one of 'strict', 'replace', 'ignore', "
     "'surrogateescape'"),
    ("encoding for a corpus in memory",
     lambda f: f.corpus("x.txt", "a b").__class__([["a"]], encoding="gbk"),
     "ValueError: encoding, errors and field are for files, but the corpus has its text "
     "in memory (list): leave them out"),
    (r"lines that end in \r\n", lambda f: f.corpus("x.txt", "a b\r\nc d\r\n"),
     "a b | c d"),
    (r"lines that end in \r", lambda f: f.corpus("x.txt", "a b\rc d\re f\r"),
     "warning: x.txt ends its lines with \\r, which is only white space, so the file "
     "is one sentence: convert it, tr '\\r' '\\n' < x.txt > corpus.txt; a b c d e f"),
    (r"\t \v \f \r between words", lambda f: f.corpus("x.txt", "a\tb\vc\fd\re\n"),
     "a b c d e"),
    ("a next-line character (NEL) in a word", lambda f: f.corpus("x.txt", "a\x85b c\n"),
     "a\x85b c"),
    ("a no-break space in a word", lambda f: f.corpus("x.txt", "a\xa0b c\n"),
     "a\xa0b c"),
    ("U+2028 and U+3000 in words", lambda f: f.corpus("x.txt", "a\u2028b c\u3000d\n"),
     "a\u2028b c\u3000d"),
    ("characters that separate lines in str.split only",
     lambda f: f.corpus("x.txt", "a\x1cb c\x1ed\n"), "a\x1cb c\x1ed"),
    ("words in memory with white space",
     lambda f: f.corpus("x.txt", "a").__class__([["new york", "a\nb"]]),
     "new york a\nb"),
    ("the line of an error after lines that end in \\r\\n",
     lambda f: f.corpus("x.txt", b"a\r\nb\r\n\xff"),
     "NotTextError: x.txt: line 3, byte 6: 0xff is not utf-8 (invalid start byte); …"),
]  # fmt: skip
