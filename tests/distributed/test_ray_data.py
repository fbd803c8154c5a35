"""Data sets of Ray as corpora: on two nodes of this machine, also after kills."""

import os
import signal
import time
from functools import partial

import pytest

from w2vfast import Corpus, Word2Vec
from w2vfast.distributed import (
    RayEngine,
    dataset_shards,
    divide,
    encode_shard,
    resume,
    train,
)

pa = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
pytestmark = [
    pytest.mark.filterwarnings("ignore"),  # those of Ray
    pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL"),
]


@pytest.fixture(scope="module")
def table(text):
    """Return the lines of the text: id, text, words."""
    lines = text.read_text().splitlines()
    words = [line.split() for line in lines]
    return pa.table({"id": range(len(lines)), "text": lines, "words": words})


@pytest.fixture(scope="module")
def data(nodes):
    """Return ray.data, while a cluster runs."""
    import ray.data

    ray.data.DataContext.get_current().enable_progress_bars = False
    return ray.data


@pytest.fixture(scope="module")
def right(data, table, parameters):
    """Return an uninterrupted run of three replicas in this process."""
    return train(data.from_arrow(table), 3, field="text", **parameters)


def test_one_replica_gives_the_bits_of_one_process(
    data, table, parameters, assert_same
):
    found = train(data.from_arrow(table), 1, field="text", **parameters)
    others = ("merge_every", "progress")
    given = {name: parameters[name] for name in parameters if name not in others}
    alone = Word2Vec(table, field="text", workers=1, **given)
    assert_same(found, alone.train(progress=False))


@pytest.mark.parametrize("column", ["text", "words"])
def test_bits_depend_on_rows_and_not_on_blocks(
    data, table, parameters, right, assert_same, column
):
    dataset = data.from_arrow(table).repartition(7)
    with RayEngine() as engine:
        found = train(dataset, 3, engine=engine, field=column, **parameters)
    assert_same(found, right)


def test_blocks_of_pandas(data, table, parameters, right, assert_same):
    pytest.importorskip("pandas", reason="pandas is not installed")
    dataset = data.from_pandas(table.select(["id", "text"]).to_pandas())
    assert_same(train(dataset, 3, **parameters), right)


def test_rows_keep_their_order_when_the_first_block_comes_last(data, table):
    def delay(batch):
        time.sleep(2 if batch["id"][0] == 0 else 0)
        return batch

    dataset = data.from_arrow([table.slice(i * 3000, 3000) for i in range(4)])
    dataset = dataset.map_batches(delay, batch_format="numpy", batch_size=None)
    shards = divide(dataset, 3, field="text")
    assert [(part.start, part.stop) for (part,) in shards] == [
        (0, 4000),
        (4000, 8000),
        (8000, 12000),
    ]
    right = divide(data.from_arrow(table), 3, field="text")
    found = [encode_shard(shard).words.fingerprint for shard in shards]
    assert found == [encode_shard(shard).words.fingerprint for shard in right]
    assert not dataset.context.execution_options.preserve_order


def test_more_shards_than_rows_leave_some_empty(data):
    shards = divide(data.from_items([{"text": "a b"}, {"text": "c"}]), 3)
    assert [len(shard) for shard in shards] == [0, 1, 1]
    assert [encode_shard(shard).words.words for shard in shards] == [
        [],
        ["a", "b"],
        ["c"],
    ]


@pytest.mark.parametrize("column", ["text", "words"])
def test_a_corpus_streams_a_data_set(data, table, column):
    corpus = Corpus(data.from_arrow(table).repartition(5), field=column)
    right = Corpus(table, field=column)
    assert corpus.words() == right.words()
    assert (corpus.ids == right.ids).all()
    assert (corpus.offsets == right.offsets).all()


def test_a_corpus_of_frequent_words_reads_a_data_set_twice(data, table):
    dataset = data.from_arrow(table).repartition(5)
    found = Corpus(dataset, field="text", max_counted_words=50)
    right = Corpus(table, field="text", max_counted_words=50)
    assert (found.ids == right.ids).all()


@pytest.mark.parametrize("read", [partial(train, replicas=2), Corpus])
@pytest.mark.parametrize(
    ("rows", "field", "kind", "message"),
    [
        ([{"a": "x y", "b": "z"}], None, ValueError, r"2 columns have sentences.*'a'"),
        ([{"a": "x y"}], "text", ValueError, r"no column 'text'.*'a' \(string\)"),
        ([{"id": 1}], None, ValueError, r"no column has sentences.*'id' \(int64\)"),
        ([{"id": 1}], "id", TypeError, r"column 'id' has the type int64"),
    ],
)
def test_wrong_columns_are_named(data, read, rows, field, kind, message):
    with pytest.raises(kind, match=rf"the Dataset of Ray.*{message}"):
        read(data.from_items(rows), field=field)


def test_a_missing_value_is_named(data):
    dataset = data.from_arrow(pa.table({"a": ["x", "y", None, "z"]}))
    where = r"the Dataset of Ray \(rows 2 to 4\): column 'a': row 0"
    with pytest.raises(ValueError, match=rf"{where}.* missing value"):
        train(dataset, 2)


def test_a_data_set_without_rows(data, table):
    with pytest.raises(ValueError, match="the Dataset of Ray has no rows"):
        train(data.from_arrow(table.slice(0, 0)), 2, field="text")


def test_ids_and_encodings_are_refused(data):
    dataset = data.from_items([{"ids": [1, 2]}])
    with pytest.raises(TypeError, match=r"column 'ids' has ids.* cast .* to strings"):
        train(dataset, 2)
    with pytest.raises(ValueError, match="always UTF-8: leave them out"):
        train(dataset, 2, encoding="latin-1")


def test_a_lost_block_says_what_to_do(data):
    import ray

    class Owner:
        def block(self):
            return [ray.put(pa.table({"text": ["a b"]}))]  # in its own memory

    owner = ray.remote(num_cpus=0)(Owner).remote()
    (block,) = ray.get(owner.block.remote())
    part = dataset_shards.BlockRows(block, 0, 1)
    rows = dataset_shards.DatasetRows(0, 1, "text", (part,))
    ray.kill(owner)
    with pytest.raises(ray.exceptions.ObjectLostError):
        for _ in range(600):  # Ray notices it after a while, 10 s on a busy machine
            ray.get(block)
            time.sleep(0.1)
    with pytest.raises(RuntimeError, match=r"rows 0 to 1.*is lost.*write_parquet"):
        encode_shard((rows,))


def test_a_block_that_does_not_arrive_says_what_to_do(data, monkeypatch):
    import ray

    monkeypatch.setattr(dataset_shards, "BLOCK_TIMEOUT", 0.1)
    never = ray.remote(num_cpus=0)(lambda: time.sleep(5)).remote()
    rows = dataset_shards.DatasetRows(
        0, 1, "text", (dataset_shards.BlockRows(never, 0, 1),)
    )
    with pytest.raises(RuntimeError, match=r"fewer replicas.*write_parquet"):
        encode_shard((rows,))


def interrupt(dataset, path, engine, parameters):
    """Train with checkpoints until the fifth round fails."""

    def act(method, number, call):
        if method == "train" and number == 13:
            raise KeyboardInterrupt
        return call()

    with pytest.raises(KeyboardInterrupt):
        train(
            dataset,
            3,
            engine=engine(act),
            checkpoint=path,
            every="1 token",
            **parameters,
        )


def test_resume_computes_the_rows_again(
    data, table, parameters, right, assert_same, tmp_path, flaky_engine
):
    dataset = data.from_arrow(table).select_columns("text").repartition(5)
    path = tmp_path / "run.ckpt"
    interrupt(dataset, path, flaky_engine, parameters)
    with pytest.raises(ValueError, match=r"from row 0, now it is .* from row 0"):
        resume(path, dataset.limit(11_000))
    with pytest.raises(ValueError, match=r"shuffle without a seed.*write_parquet"):
        resume(path, dataset.sort("text"))
    assert_same(resume(path, dataset.repartition(9)), right)


def test_killed_workers_do_not_change_a_bit(
    data, table, parameters, right, assert_same, killing_engine
):
    def kill(engine):
        os.kill(engine._places[1][2], signal.SIGKILL)

    with killing_engine({7: kill}) as engine:
        found = train(
            data.from_arrow(table), 3, engine=engine, field="text", **parameters
        )
    assert_same(found, right)
    assert engine.number > 18


def test_blocks_of_a_killed_node_are_computed_again(
    data, nodes, table, parameters, right, assert_same, killing_engine, tmp_path
):
    """The last test: the other node has to do the rest."""
    data.from_arrow(table).repartition(6).write_parquet(str(tmp_path))
    dataset = data.read_parquet(str(tmp_path))
    with killing_engine({8: lambda engine: nodes.kill_node()}) as engine:
        found = train(dataset, 3, engine=engine, field="text", **parameters)
    assert_same(found, right)
