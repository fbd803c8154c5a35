"""Rows of the table: files that are not text, in every kind of file."""

import bz2
import gzip
import io
import lzma
import pickle
import sys
import tarfile
import zipfile

import numpy as np

from w2vfast import Corpus, KeyedVectors, Word2Vec

TITLE = "Files that are not text"
TEXT = (
    "The first 4,096 bytes of every file are checked before any file is read, also in "
    "compressed files. A NUL byte, or a byte that is not in the encoding, anywhere in "
    "a file is an error too. Encodings other than UTF-8 have nearly every byte, so files "
    "in them with many control characters are refused."
)
GO = "corpus.txt"
TEXT_BYTES = b"the cat sat\non the mat\n" * 200


def zipped(name="a.txt", data=TEXT_BYTES):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, data)
    return file.getvalue()


def tarred():
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        info = tarfile.TarInfo("a.txt")
        info.size = len(TEXT_BYTES)
        archive.addfile(info, io.BytesIO(TEXT_BYTES))
    return file.getvalue()


def saved(save, *arrays, **named):
    file = io.BytesIO()
    save(file, *arrays, **named)
    return file.getvalue()


def vectors(folder, name):
    wv = KeyedVectors(["the", "cat"], np.ones((2, 3), np.float32))
    wv.save(name)
    return Corpus(name)


def model(folder):
    Word2Vec([["a", "b"]] * 9, 4, min_count=1, workers=1).save("m.w2v")
    return Corpus("m.w2v")


def glove():
    numbers = " ".join(f"0.{i}" for i in range(12))
    return f"the {numbers}\ncat {numbers}\n".encode()


#: Binary data without a signature or a NUL byte.
RANDOM = np.random.default_rng(1).integers(1, 256, 3000, np.uint8).tobytes()
BINARY = (
    "NotTextError: x.txt: binary data, or another encoding than '{}': its beginning has "
    "many control characters, which text does not have; if it is text, replace them: …"
)
# Name, content, and the rest of the answer after the name of the file.
CONTENTS = [
    ("a.zip", zipped(), "a zip archive, not text; unpack it: unzip -p a.zip > " + GO),
    ("zip.txt", zipped(), "a zip archive, not text; unpack it: unzip -p zip.txt > " + GO),
    ("x.docx", zipped("[Content_Types].xml"),
     "an office document, not text; convert it: pandoc -t plain x.docx"),
    ("a.tar", tarred(), "a tar archive, not text; unpack it: tar -xOf a.tar > " + GO),
    ("a.7z", b"7z\xbc\xaf\x27\x1c\0\4", "a 7z archive, not text; unpack it: 7z x -so "
     "a.7z > " + GO),
    ("a.rar", b"Rar!\x1a\7\1\0", "a RAR archive, not text; unpack it: unrar p -inul "
     "a.rar > " + GO),
    ("a.lz4", b"\x04\x22\x4d\x18\x64", "lz4 data, not text; unpack it: lz4 -dc a.lz4 > "
     + GO),
    ("a.Z", b"\x1f\x9d\x90abc", "compress (.Z) data, not text; unpack it: gzip -dc a.Z "
     "> " + GO),
    ("a.lzma", lzma.compress(TEXT_BYTES, lzma.FORMAT_ALONE),
     "lzma data, not text; unpack it: xz -dc a.lzma > " + GO),
    ("x.pkl", pickle.dumps([["a", "b"]]), "a pickle, not text; pickles are never loaded "
     "because they can run code; where it was made, write one sentence per line: "
     "print(*words, file=text)"),
    ("x.pkl2", pickle.dumps([["a", "b"]], 0), "a pickle, not text; pickles are never "
     "loaded because they can run code; …"),
    ("a.pkl0", pickle.dumps(np.ones(3), 0), "a pickle, not text; pickles are never "
     "loaded because they can run code; …"),
    ("b.pkl0", pickle.dumps("some words", 0), "a pickle, not text; pickles are never "
     "loaded because they can run code; …"),
    ("a.pkl1", pickle.dumps([["a", "b"]], 1), "a pickle, not text; pickles are never "
     "loaded because they can run code; …"),
    ("x.npy", saved(np.save, np.ones((2, 2), int)), "a NumPy array, not text; "
     "write it as text, one sentence a row, for instance: numpy.savetxt('corpus.txt', "
     "numpy.load('x.npy'), fmt='%s')"),
    ("x.npz", saved(np.savez, ids=np.ones((2, 2), int)), "NumPy arrays (.npz), not text; "
     "write it as text, one sentence a row, for instance: numpy.savetxt('corpus.txt', "
     "numpy.load('x.npz')['arr_0'], fmt='%s')"),
    ("x.pdf", b"%PDF-1.7\n%\xe2\xe3", "a PDF, not text; convert it: pdftotext x.pdf "
     "corpus.txt"),
    ("x.ps", b"%!PS-Adobe-3.0\n", "PostScript, not text; convert it: ps2ascii x.ps "
     "corpus.txt"),
    ("x.rtf", rb"{\rtf1\ansi the cat}", "rich text (RTF), not text; convert it: pandoc "
     "-t plain x.rtf"),
    ("x.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old office document, not text; "
     "convert it: libreoffice --headless --convert-to txt:Text x.doc"),
    ("parquet", b"PAR1\x15\4\0\0", "a Parquet file, not text; give the path of a whole "
     "file, uncompressed: Corpus('parquet', field='text')"),
    ("x.h5", b"\x89HDF\r\n\x1a\n", "an HDF5 file, not text; write its "
     "column as text, for instance: open('corpus.txt', 'w').writelines(f'{text}\\n' "
     "for text in pandas.read_hdf('x.h5')['text'])"),
    ("x.db", b"SQLite format 3\0", "an SQLite database, not text; export a column: "
     "sqlite3 x.db 'select text from documents' > " + GO),
    ("x.png", b"\x89PNG\r\n\x1a\n\0", "an image, not text; recognise its text: "
     "tesseract x.png corpus"),
    ("x.jpg", b"\xff\xd8\xff\xe0", "an image, not text; recognise its text: tesseract "
     "x.jpg corpus"),
    ("x.bmp", b"BM\x36\0\0\0", "an image, not text; recognise its text: tesseract "
     "x.bmp corpus"),
    ("x.mp4", b"\0\0\0\x18ftypmp42", "sound or video, not text; pass a transcript"),
    ("program", b"\x7fELF\2\1\1\0", "an executable (ELF), not text; pass a file with "
     "the text itself"),
    ("x.exe", b"MZ\x90\0\3\0", "an executable (Windows), not text; pass a file with "
     "the text itself"),
    ("x.dylib", b"\xcf\xfa\xed\xfe\7\0", "an executable (Mach-O), not text; pass a file "
     "with the text itself"),
    ("x.vec", glove(), "word vectors in GloVe's text format, not text; "
     "KeyedVectors.load reads it; pass the text that the vectors were trained on"),
    ("x.ft", b"\xba\x16O/\x0c\0", "a fastText model, not text; KeyedVectors.load …"),
]  # fmt: skip

#: Compressed by the method of the name.
PACKERS = {".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress}
NAMES = {".gz": "gzip", ".bz2": "bzip2", ".xz": "xz"}
UNPACK = {".gz": "gunzip", ".bz2": "bunzip2", ".xz": "unxz"}

ROWS = [
    (f"{name}: {text.split(',')[0]}",
     lambda f, name=name, data=data: f.corpus(name, data),
     f"NotTextError: {name}: {text}")
    for name, data, text in CONTENTS
]  # fmt: skip
ROWS += [
    ("our vectors as .bin", lambda f: vectors(f, "v.bin"),
     "NotTextError: v.bin: word vectors in word2vec's binary format, not text; "
     "KeyedVectors.load reads it; pass the text that the vectors were trained on"),
    ("our vectors as .txt", lambda f: vectors(f, "v.txt"),
     "NotTextError: v.txt: word vectors in word2vec's text format, not text; …"),
    ("our vectors as .w2v", lambda f: vectors(f, "v.w2v"),
     "NotTextError: v.w2v: a .w2v or safetensors file, not text; KeyedVectors.load "
     "reads it; pass the text that the vectors were trained on"),
    ("our model", model, "NotTextError: m.w2v: a .w2v or safetensors file, not text; …"),
    ("random bytes", lambda f: f.corpus("x.txt", b"word \x9a\x1f\x00"),
     "NotTextError: x.txt: line 1, byte 5: 0x9a is not utf-8 (invalid start byte); …"),
    ("a NUL byte at the start",
     lambda f: f.corpus("x.txt", b"\0the cat"),
     "NotTextError: x.txt: line 1, byte 0: a NUL character, which text does not have "
     "(encoding='utf-8'): it is binary data or has another encoding; if it is text, "
     "remove it: tr -d '\\000' < x.txt > corpus.txt"),
    ("a NUL byte deep inside",
     lambda f: f.corpus("x.txt", TEXT_BYTES + b"a\0b\n", _chunk_bytes=100),
     "NotTextError: x.txt: line 401, byte 4601: a NUL character, …"),
    ("a NUL byte, and errors='ignore'",
     lambda f: f.corpus("x.txt", b"a \0 b", errors="ignore"),
     "NotTextError: x.txt: line 1, byte 2: a NUL character, …"),
    ("random bytes without NUL, and encoding='latin-1'",
     lambda f: f.corpus("x.txt", RANDOM, encoding="latin-1"), BINARY.format("latin-1")),
    ("random bytes without NUL, and encoding='cp437', in gzip",
     lambda f: f.corpus("x.txt.gz", gzip.compress(RANDOM), encoding="cp437"),
     BINARY.format("cp437").replace("x.txt", "x.txt.gz")),
    ("random bytes without NUL, and errors='ignore'",
     lambda f: f.corpus("x.txt", RANDOM, errors="ignore"), BINARY.format("utf-8")),
    ("compressed twice, by two methods, and encoding='latin-1'",
     lambda f: f.corpus("x.bz2.gz", gzip.compress(bz2.compress(b"a")),
                        encoding="latin-1"),
     "NotTextError: x.bz2.gz: bzip2 data inside gzip data: decompress it once: gunzip "
     "x.bz2.gz, then pass x.bz2"),
    ("a few control characters, and encoding='latin-1'",
     lambda f: f.corpus("x.txt", b"a\x1cb \x02c\n", encoding="latin-1"), "a\x1cb \x02c"),
    ("a text that begins with MZ", lambda f: f.corpus("x.txt", "MZ is a code"),
     "MZ is a code"),
    ("a text that begins with BM", lambda f: f.corpus("x.txt", "BM sold shares"),
     "BM sold shares"),
    ("two numbers on the first line", lambda f: f.corpus("x.txt", "7 2\nthe cat sat\n"),
     "7 2 | the cat sat"),
    ("a text in a folder with an archive",
     lambda f: (f.write("c/a.txt", "a b"), f.write("c/b.zip", zipped()), Corpus("c"))[2],
     "NotTextError: c/b.zip: a zip archive, not text; unpack it: unzip -p c/b.zip > "
     "corpus.txt"),
    ("a name with a space", lambda f: f.corpus("my file.zip", zipped()),
     "NotTextError: my file.zip: a zip archive, not text; unpack it: unzip -p "
     "'my file.zip' > corpus.txt"),
]  # fmt: skip

for suffix, pack in PACKERS.items():
    name = f"a.txt{suffix}"
    broken = f"OSError: {name} cannot be read as {suffix}: …; is it damaged, " \
        "incomplete or named wrongly?"  # fmt: skip
    packed = pack(
        b"the cat sat\n" + np.random.default_rng(1).bytes(9000).hex().encode()
    )
    for given, file, data, answer in [
        ("text", name, pack(b"the cat\nsat\n"), "the cat | sat"),
        ("two members", name, pack(b"the c") + pack(b"at\nsat\n"), "the cat | sat"),
        ("nothing", name, pack(b""),
         f"ValueError: the corpus is empty: there is no token in {name}"),
        ("cut in half", name, packed[: len(packed) // 2], broken),
        ("without its last bytes", name, packed[:-5], broken),
        ("under another name", "a.txt", pack(b"the cat\n"),
         f"NotTextError: a.txt: {NAMES[suffix]} data, but the name does not end in "
         f"{suffix}; rename it: mv a.txt a.txt{suffix}"),
        ("only in the name", name, b"the cat\n",
         f"NotTextError: {name}: the name ends in {suffix}, but the content is no "
         f"{NAMES[suffix]} data: it is plain text, or damaged; remove {suffix} from the "
         "name if it is text"),
        ("a zip archive by content", name, zipped(),
         f"NotTextError: {name}: a zip archive, not text; unpack it: unzip -p {name} > "
         "corpus.txt"),
        ("a tar archive inside", name, pack(tarred()),
         f"NotTextError: {name}: a tar archive, not text; decompress it, "
         f"{UNPACK[suffix]} {name}, then unpack it: tar -xOf a.txt > corpus.txt"),
        ("compressed twice", name, pack(pack(b"the cat")),
         f"NotTextError: {name}: {NAMES[suffix]} data inside {NAMES[suffix]} data: "
         f"decompress it once: {UNPACK[suffix]} {name}, then mv a.txt a.txt{suffix}"),
        ("UTF-16 inside", name, pack("the cat".encode("utf-16")),
         f"NotTextError: {name}: UTF-16 text; pass encoding='utf-16', or decompress it, "
         f"{UNPACK[suffix]} {name}, then convert it: iconv -f utf-16 -t utf-8 a.txt > "
         "corpus.txt"),
        ("a NUL byte inside", name, pack(b"the\ncat \0"),
         f"NotTextError: {name}: line 2, byte 8: a NUL character, …"),
        ("a byte of Latin-1 inside", name, pack("the\ncafé".encode("latin-1")),
         f"NotTextError: {name}: line 2, byte 7: 0xe9 is not utf-8 (unexpected end of "
         "data); …"),
        ("a byte order mark inside", name, pack(b"\xef\xbb\xbfthe cat"), "the cat"),
    ]:  # fmt: skip
        row = lambda f, file=file, data=data: f.corpus(file, data)  # noqa: E731
        ROWS.append((f"{suffix}: {given}", row, answer))


def zst(f, data, name="a.txt.zst", cut=None):
    """Return the corpus of a file compressed by Python, or by zstandard before 3.14."""
    if sys.version_info >= (3, 14):
        packed = f.module("compression.zstd").compress(data)
    else:
        packed = f.module("zstandard").ZstdCompressor().compress(data)
    return f.corpus(name, packed[:cut])


ROWS += [
    (".zst: text", lambda f: zst(f, b"the cat\nsat\n"), "the cat | sat"),
    (".zst: without its last bytes", lambda f: zst(f, TEXT_BYTES, cut=-5),
     "OSError: a.txt.zst cannot be read as .zst: …; is it damaged, incomplete or named "
     "wrongly?"),
    (".zst: under another name", lambda f: zst(f, b"the cat\n", "a.txt"),
     "NotTextError: a.txt: zstd data, but the name does not end in .zst; rename it: mv "
     "a.txt a.txt.zst"),
    (".zst: only in the name", lambda f: f.corpus("a.txt.zst", b"the cat\n"),
     "NotTextError: a.txt.zst: the name ends in .zst, but the content is no zstd data: "
     "it is plain text, or damaged; remove .zst from the name if it is text"),
    (".zst: a tar archive inside", lambda f: zst(f, tarred()),
     "NotTextError: a.txt.zst: a tar archive, not text; decompress it, unzstd a.txt.zst, "
     "then unpack it: tar -xOf a.txt > corpus.txt"),
    (".zst: a NUL byte inside", lambda f: zst(f, b"the\ncat \0"),
     "NotTextError: a.txt.zst: line 2, byte 8: a NUL character, …"),
    (".zst: a byte of Latin-1 inside", lambda f: zst(f, b"the\ncaf\xe9"),
     "NotTextError: a.txt.zst: line 2, byte 7: 0xe9 is not utf-8 (unexpected end of "
     "data); …"),
]  # fmt: skip
