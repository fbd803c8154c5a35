"""The synthetic corpus of the softmax benchmark."""


def test_no_batch_of_the_synthetic_corpus_has_a_word_twice(
    path_to_benchmarks, monkeypatch
):
    from harness.softmax.task import Task

    monkeypatch.setattr(Task, "batch_size", 7)
    task = Task("w2vfast", words=20, vector_size=4, gflop=1e-4)
    ids = task.ids()
    assert len(ids) % 7 == 0 and set(ids.tolist()) == set(range(20))
    pairs = []
    for first, (centres, rows, outside) in enumerate(task.batches()):
        assert centres.tolist() == ids[7 * first : 7 * first + 7].tolist()
        assert len(set(centres.tolist())) == 7
        pairs += zip(centres[rows].tolist(), outside.tolist(), strict=True)
    wanted = [
        (ids[i], ids[j])
        for i in range(len(ids))
        for j in range(max(0, i - 5), min(len(ids), i + 6))
        if j != i
    ]
    assert pairs == wanted
