"""Rows of the table: JSON Lines, CSV, TSV, XML and HTML."""

TITLE = "JSON, tables and markup"
TEXT = (
    "Braces, commas and tags are hardly meant as words, so there is a warning. `field` "
    "reads one field of JSON Lines, or one column of CSV or TSV with a header."
)
JSONL = '{"id": 1, "text": "the cat"}\n{"id": 2, "text": "a dog\\nand more"}\n'
CSV = 'id,text\n1,"the cat, ""so"""\n2,"a dog\nand more"\n'
TSV = "id\ttext\n1\tthe cat\n2\ta dog\n"


def read(name, data, **options):
    """Return a function that reads a file as a corpus."""
    return lambda f: f.corpus(name, data, **options)


ROWS = [
    ("JSON Lines", read("x.jsonl", '{"id": 1, "text": "a"}\n'),
     "warning: x.jsonl looks like JSON Lines with the fields 'id', 'text', and braces "
     "become words: pass field='text' to read one field; "
     '{"id": 1, "text": "a"}'),
    ("JSON Lines with another name", read("x.txt", '{"n": 1, "body": "a"}\n' * 2),
     "warning: x.txt looks like JSON Lines with the fields 'n', 'body', …: pass "
     "field='body' to read one field; …"),
    ("JSON Lines and field", read("x.jsonl", JSONL, field="text"),
     "the cat | a dog | and more"),
    ("JSON Lines with lists of words",
     read("x.jsonl", '{"tokens": ["a", "b"]}\n{"tokens": []}\n', field="tokens"), "a b"),
    ("a JSON document", read("x.json", '[{"text": "a"}]'),
     "warning: x.json looks like a JSON document, and braces become words: write one "
     "object a line, jq -c '.[]' x.json > corpus.jsonl, then pass field='text'; "
     '[{"text": "a"}]'),
    ("a JSON document and field", read("x.json", '[{"text": "a"}]', field="text"),
     "NotTextError: x.json: line 1: found '[{\"text\": \"a\"}]': field='text' reads JSON "
     "Lines, CSV and TSV; for a JSON document write one object a line: jq -c '.[]' "
     "x.json > corpus.jsonl"),
    ("JSON Lines without the field", read("x.jsonl", JSONL + '{"id": 3}\n', field="text"),
     "NotTextError: x.jsonl: line 3: no field 'text': the fields are 'id'"),
    ("a line that is no JSON", read("x.jsonl", JSONL + "{text}\n", field="text"),
     "NotTextError: x.jsonl: line 3: no JSON (Expecting property name enclosed in "
     'double quotes): expected one object a line, such as {"text": "words"}'),
    ("a JSON line that is no object", read("x.jsonl", JSONL + "[1]\n", field="text"),
     'NotTextError: x.jsonl: line 3: a JSON list: expected one object a line, such as '
     '{"text": "words"}'),
    ("a cut line of JSON", read("x.jsonl", JSONL[:-9], field="text"),
     "NotTextError: x.jsonl: line 2: no JSON (…): expected one object a line, …"),
    ("deeply nested JSON", read("x.jsonl", '{"text": ' + "[" * 99_999, field="text"),
     "NotTextError: x.jsonl: line 1: no JSON (…): expected one object a line, …"),
    ("null in JSON", read("x.jsonl", '{"text": null}', field="text"),
     "NotTextError: x.jsonl: line 1: the field 'text' is null: expected text or a list "
     "of words; remove such records"),
    ("a number in JSON", read("x.jsonl", '{"text": 5}', field="text"),
     "NotTextError: x.jsonl: line 1: the field 'text' is 5: expected text or a list of "
     "words; remove such records"),
    ("a NUL character in JSON", read("x.jsonl", r'{"text": "a\u0000"}', field="text"),
     "NotTextError: x.jsonl: line 1: the field 'text' has a NUL character, which text "
     "does not have: remove it"),
    ("a lone surrogate in JSON", read("x.jsonl", r'{"text": "a\ud800"}', field="text"),
     "NotTextError: x.jsonl: the text has the lone surrogate '\\ud800', which no UTF-8 "
     "file can hold; pass the right encoding, or correct the file"),
    ("Latin-1 in JSON", read("x.jsonl", '{"text": "é"}'.encode("latin-1"), field="text"),
     "NotTextError: x.jsonl: line 1, byte 10: 0xe9 is not utf-8 (…); …"),
    ("CSV", read("x.csv", "id,text\n1,a b\n"),
     "warning: x.csv looks like a table with the columns 'id', 'text', and all columns "
     "become words: pass field='text' to read one column; id,text | 1,a b"),
    ("CSV with another name", read("x.txt", "id,text\n1,a b\n2,c\n"),
     "warning: x.txt looks like a table with the columns 'id', 'text', …; …"),
    ("sentences with commas", read("x.txt", "Yes, I do\nNo, you see\nWell, well\n"),
     "Yes, I do | No, you see | Well, well"),
    ("CSV and field", read("x.csv", CSV, field="text"),
     'the cat, "so" | a dog | and more'),
    ("CSV with semicolons, in Latin-1",
     read("x.csv", "nr;text\n1;für\n".encode("latin-1"), field="text",
          encoding="latin-1"), "für"),
    ("TSV", read("x.tsv", TSV),
     "warning: x.tsv looks like a table with the columns 'id', 'text', …; …"),
    ("TSV and field", read("x.tsv", TSV, field="text"), "the cat | a dog"),
    ("a table without the column", read("x.csv", CSV, field="words"),
     "NotTextError: x.csv: line 1: no column 'words': field= reads JSON Lines, or a "
     "table with a header, separated by one of ', \\t ; |'; the first line has 'id', "
     "'text'"),
    ("plain text and field", read("x.txt", "the cat sat\n", field="text"),
     "NotTextError: x.txt: line 1: no column 'text': field= reads JSON Lines, or a "
     "table with a header, …; the first line has 'the cat sat'"),
    ("a row with another number of fields",
     read("x.csv", "id,text\n1,the cat, so\n", field="text"),
     "NotTextError: x.csv: line 2: 3 fields, but the header has 2: put quotes around a "
     "field that has ','"),
    ("a quote that is never closed", read("x.csv", 'id,text\n1,"the cat\n', field="text"),
     "NotTextError: x.csv: line 2: no row of a table (unexpected end of data): correct "
     "its quotes"),
    ("a field of 200,000 characters",
     read("x.csv", "id,text\n1," + "a" * 200_000, field="text"),
     "NotTextError: x.csv: line 2: no row of a table (field larger than field limit "
     "(131072)): allow longer fields with csv.field_size_limit(10**9)"),
    ("an empty file and field", read("x.csv", "", field="text"),
     "ValueError: the corpus is empty: there is no token in x.csv"),
    ("field=5", read("x.csv", CSV, field=5),
     "TypeError: field=5: expected a str, such as field='text'"),
    ("XML", read("x.xml", '<?xml version="1.0"?>\n<t>a</t>\n'),
     "warning: x.xml looks like XML or HTML, and tags become words: extract the text "
     "first, pandoc -f html -t plain x.xml -o corpus.txt; …"),
    ("HTML", read("x.txt", "<!DOCTYPE html>\n<html>a</html>\n"),
     "warning: x.txt looks like XML or HTML, …; <!DOCTYPE html> | <html>a</html>"),
    ("a part of an XML dump", read("x.txt", "<page>\n <title>a</title>\n"),
     "warning: x.txt looks like XML or HTML, and tags become words: …; …"),
    ("HTML and field", read("x.html", "<html>a</html>\n", field="text"),
     "NotTextError: x.html: line 1: found '<html>a</html>': field='text' reads JSON "
     "Lines, CSV and TSV; …"),
    ("sentence marks such as `<s>`", read("x.txt", "<s> the cat </s>\n"),
     "<s> the cat </s>"),
    ("a tag as a word", read("x.txt", "<unk> the <unk>\n"), "<unk> the <unk>"),
]  # fmt: skip


def compressed(f):
    import gzip

    return f.corpus("x.jsonl.gz", gzip.compress(JSONL.encode()), field="text")


def folder(f):
    for number in range(3):
        f.write(f"c/{number}.jsonl", JSONL)
    return type(f.corpus("y.txt", "a"))("c")


ROWS += [
    ("compressed JSON Lines and field", compressed, "the cat | a dog | and more"),
    ("a folder of JSON Lines", folder,
     "warning: c/0.jsonl (and 2 more files) looks like JSON Lines with …; …"),
]  # fmt: skip
