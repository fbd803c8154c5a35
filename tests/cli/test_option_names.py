"""Messages on the command line name options, not the parameters of Python."""

import ast
import re
from pathlib import Path

import pytest

import w2vfast
from w2vfast.cli.main import _parser, main
from w2vfast.cli.option_names import PATTERNS, PHRASES, OptionNames
from w2vfast.training.parameters import Parameters

PACKAGE = Path(w2vfast.__file__).parent
#: Modules whose messages the commands can print, as patterns.
REACHABLE = {
    "evaluate": (
        "cli/evaluate.py", "vectors/word_*.py", "vectors/analog*.py", "io/input.py",
        "io/evaluation_files.py", "io/word2vec_*.py", "io/detect.py", "io/open.py",
        "io/read_vectors.py", "io/native_vectors.py", "io/safetensors_*.py",
        "io/numpy_keys.py", "io/npy_header.py", "io/arrow_rows.py", "io/options.py",
        "files/decompression.py",
    ),
    "tune": (
        "tuning/*.py", "cli/tune.py", "cli/options.py", "io/evaluation_files.py",
        "corpus/fields.py", "corpus/missing_files.py", "corpus/vocabulary.py",
        "corpus/structure.py", "corpus/plausibility.py", "corpus/decoding.py",
        "corpus/reader.py", "corpus/content.py", "runtime/threads.py",
        "training/parameter*.py", "training/corpus_defaults.py", "training/cost.py",
        "training/epoch.py", "training/trainer.py", "training/diagnosis.py",
        "training/memory_estimate.py", "training/execution.py",
        "vectors/word_*.py", "vectors/analog*.py",
    ),
}  # fmt: skip
#: Parameters with values or "_", other than examples of --space, and Python's words.
PYTHON = re.compile(
    r"(?<!--space )\b[a-z_]+=|\b(Word2Vec|KeyedVectors|None|True|False)\b|\w\["
    r"|\b(load|save|train|tune|run|resume)\(|\b"
    + "|".join(name for name in (*Parameters.__annotations__, "restrict_vocab",
               "memory_limit", "max_counted_words") if "_" in name)
)  # fmt: skip
#: Beginnings of messages that no argument of the command leads to, with the reason.
PYTHON_ONLY = {
    "tune": (
        # argparse makes sure of these types and choices.
        "--trials X: expected a whole number", "--progress X: expected True",
        "--workers X: expected a whole number of threads", "keys='X'",
        # Objects of Python, or unknown parameters, which cli/options.py answers.
        "objective='X'", "--test X", "frequencies is a", "Vocabulary", "method='X'",
        "a list of str that name no files", "the format follows", "save after training",
        "the loss is always", "pass it to train", "choose the words with",
        "write model.vocabulary", "pass vocabulary=", "X() takes", "X is fixed once",
        # How to make a text in Python, of a file that only Python reads.
        "write its column as text", "write it as text, one sentence a row",
        "pickles are never loaded because",
        # No messages, and a name that follows another word.
        "bytes | None", r"(\. )?None", "Xmin_count",
    ),
    "evaluate": (
        "mmap=", "datatype=", "dtype=", "duplicates=", "encoding=", "errors=", "limit=",
        "format='X'", "array 'X': X; expected what save()", "the word 'X' is not X: X;",
        "['\"]shape",
    ),
}  # fmt: skip


def test_examples():
    parsers = _parser()._subparsers._group_actions[0].choices
    train = OptionNames(parsers["train"], ["train", "/data/min_count=3/a_b.txt"])
    for message, expected in [
        ("min_count=5 leaves no word; lower min_count",
         "--min-count 5 leaves no word; lower --min-count"),
        ("architecture='cbow': pass cbow_mean=False or weighted_windows=True",
         "--architecture cbow: pass --no-cbow-mean or --weighted-windows"),
        ("/data/min_count=3/a_b.txt: min_count=3", "/data/min_count=3/a_b.txt: "
         "--min-count 3"),
        ("workers=0: expected 1, or None for all", "--workers 0: expected 1, or leave "
         "the option out for all"),
        ("format='x' stays, and x.sample=1", "format='x' stays, and x.sample=1"),
        ("field= reads JSON Lines", "--field reads JSON Lines"),
        ("shrink_windows=True. alpha=0.5.", "--shrink-windows. --alpha 0.5."),
        ("6 * words * vector_size", "6 * words * vector_size"),
    ]:  # fmt: skip
        assert train.translate(message) == expected
    tune = OptionNames(parsers["tune"])
    assert tune.translate(
        "space['window']=(5, 2): no; space={'loss': ['a', 'b']}; space={'alpha': …}"
    ) == "--space window=5:2: no; --space loss=a,b; --space alpha=…"  # fmt: skip
    assert OptionNames().translate("window=0") == "window=0"


def text_of(node):
    """Return a text of the source, with X for what is filled in."""
    if isinstance(node, ast.Constant):
        return node.value
    texts = []
    for part in node.values:
        called = getattr(getattr(getattr(part, "value", 0), "func", 0), "id", "")
        as_repr = getattr(part, "conversion", 0) == ord("r") or called == "quoted"
        filled = "'X'" if as_repr else "X"
        texts.append(part.value if isinstance(part, ast.Constant) else filled)
    return "".join(texts)


def messages(path):
    """Yield the texts of a module that have spaces, but no docstrings."""
    tree, skipped = ast.parse(path.read_text("utf-8")), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr | ast.JoinedStr):
            skipped.update(ast.walk(node))
            skipped.discard(node)
    for node in ast.walk(tree):
        if node in skipped:
            continue
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if (is_text or isinstance(node, ast.JoinedStr)) and " " in text_of(node):
            yield text_of(node)


@pytest.mark.parametrize("command", REACHABLE)
def test_no_message_of_a_command_names_a_parameter(command):
    parser = _parser()._subparsers._group_actions[0].choices[command]
    names, found = OptionNames(parser), []
    for pattern in REACHABLE[command]:
        files = sorted(PACKAGE.glob(pattern))
        assert files, pattern
        for path in files:
            for message in messages(path):
                text = names.translate(message)
                known = text.startswith(PYTHON_ONLY[command])
                if PYTHON.search(text) and not known:
                    found.append(f"{path.relative_to(PACKAGE)}: {text}")
    assert not found, "\n".join(found)


def test_what_is_rewritten_is_in_the_package():
    """Else the message has changed, and the command prints Python again."""
    source = "\n".join(
        message for path in PACKAGE.rglob("*.py") for message in messages(path)
        if path.name != "option_names.py"
    )  # fmt: skip
    assert [phrase for phrase in PHRASES if phrase not in source] == []
    source = source.replace("{name!r}", "'X'")
    assert [p for p in PATTERNS if not re.search(p, source)] == []


def test_values_with_an_underscore_become_plain_words(tmp_path, capsys):
    path = tmp_path / "t.txt"
    path.write_text("a b\n")
    given = ["--matmul-precision=bfloat16", "--loss=hierarchical_softmax"]
    assert main(["train", str(path), "-o", str(tmp_path / "v.bin"), *given]) == 2
    assert "with --loss hierarchical_softmax: only" in capsys.readouterr().err
