"""Bar charts."""

from xml.etree import ElementTree


def test_charts_wrap_long_lines_and_colour_by_kind(path_to_benchmarks):
    from harness.chart import LETTERS, Bar, bar_chart

    bars = {"a": [Bar("x", 1, "l", "k"), Bar("y", 2, "l", "k"), Bar("z", 1, "l")]}
    chart = ElementTree.fromstring(bar_chart("t", "word " * 50, bars))
    tag = "{http://www.w3.org/2000/svg}"
    texts = [(e.get("class"), e.text) for e in chart.iter(f"{tag}text")]
    lines = [text for kind, text in texts if kind == "s"]
    assert len(lines) == 3 and all(len(line) <= LETTERS for line in lines)
    assert " ".join(lines).split() == ["word"] * 50
    rows = [int(e.get("y")) for e in chart.iter(f"{tag}text")]
    assert len(set(rows)) == len(rows) - 3  # a bar's name and label share a line
    colours = [e.get("fill") for e in chart.iter(f"{tag}rect")][1:]
    assert colours[0] == colours[1] != colours[2]
