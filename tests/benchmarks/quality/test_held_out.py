"""quality.py held-out: one loss compares between settings, the other does not."""


def test_the_table_has_both_losses(call):
    status, text = call("quality.py", "held-out", "--quick", "--dim", 16, "--epochs", 2)
    assert status == 0
    rows = [line.split("|")[2:4] for line in text.splitlines()[2:4]]
    (one, exact), (two, other) = (map(float, row) for row in rows)
    assert abs(one - two) < 0.1 < abs(exact - other)
