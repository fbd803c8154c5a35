"""Saves and runs at the same time do not replace each other's files."""

import os
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from stopped_runs import SENTENCES, make, stop

import w2vfast.compat.gensim
from w2vfast import Word2Vec
from w2vfast.distributed import LocalEngine, resume, train
from w2vfast.io import checkpoint_mark
from w2vfast.io.file_lock import file_lock
from w2vfast.training.checkpoint import write_checkpoint
from w2vfast.viz.explore.page import write_page


def error_in_thread(call):
    """Call a function in another thread, which does not share locks."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(call).exception(60)


def test_two_runs_at_once_do_not_write_one_file(path):
    errors = []

    def during(model):
        for call in (
            lambda: make().train("no such corpus.txt", checkpoint=path),
            lambda: Word2Vec.resume(path, SENTENCES),
        ):
            errors.append(error_in_thread(call))

    make().train(checkpoint=path, every="1 token", after_epoch=during)
    assert [type(error) for error in errors] == [BlockingIOError] * 6
    assert str(path) in str(errors[0]) and "write to another file" in str(errors[0])
    assert list(path.parent.iterdir()) == [path]
    assert error_in_thread(lambda: make().train(checkpoint=path)) is None


def test_a_checkpoint_is_locked_before_it_is_read(path):
    """Another run may replace it meanwhile. A damaged file shows the order."""
    path.write_bytes(b"damaged")
    with file_lock(path):
        error = error_in_thread(lambda: Word2Vec.resume(path, SENTENCES))
    assert isinstance(error, BlockingIOError)


def test_many_callers_resume_a_finished_run(path, text_file):
    several = path.with_name("several.ckpt")
    make().train(checkpoint=path)
    train(text_file, 2, checkpoint=several, vector_size=8, min_count=1)
    with file_lock(path), file_lock(several):
        for call in (
            lambda: Word2Vec.resume(path, SENTENCES),
            lambda: resume(several, text_file),
        ):
            assert error_in_thread(call) is None


def test_another_file_is_resumed_from_a_run_that_is_written(path, tmp_path):
    def during(model):
        other = tmp_path / "other.ckpt"
        assert (
            error_in_thread(lambda: Word2Vec.resume(path, SENTENCES, checkpoint=other))
            is None
        )
        other.unlink()

    make().train(checkpoint=path, every="1 token", after_epoch=during)


def test_a_distributed_run_locks_its_checkpoint(text_file, path):
    with file_lock(path):
        for call in (
            lambda: train("missing.txt", 2, checkpoint=path),
            lambda: resume(path, "missing.txt"),
        ):
            assert isinstance(error_in_thread(call), BlockingIOError)


def saves(model):
    """Return ways to save a model or its vectors to a path."""
    wv = model.wv
    gensim = w2vfast.compat.gensim.Word2Vec(SENTENCES, vector_size=8, min_count=1)
    return (
        model.save,
        model.save_vectors,
        wv.save,
        wv.save_word2vec_format,
        gensim.save,
        gensim.wv.save,
        gensim.wv.save_word2vec_format,
    )


def test_a_save_does_not_replace_the_checkpoint_of_another_run(unfinished, path):
    path = path.rename(path.with_name("run.w2v"))
    before = path.read_bytes()
    for save in saves(make().train()):
        with pytest.raises(FileExistsError) as info:
            save(path)
        assert f"Word2Vec.resume({str(path)!r}, corpus)" in str(info.value)
        assert "Pass another name or delete the file; to finish" in str(info.value)
    assert path.read_bytes() == before
    assert len(Word2Vec.resume(path, SENTENCES).loss_history) == 3
    for save in saves(make().train()):  # the run has ended now
        save(path)


def test_a_save_does_not_go_through_the_lock_of_a_run(path, monkeypatch):
    """The next checkpoint of the run would replace what was saved."""
    monkeypatch.setattr(checkpoint_mark, "PATIENCE", 0.05)
    path = path.with_name("run.w2v")
    other, errors = saves(make().train()), []

    def during(model):
        for save in (*other, *saves(model)):
            errors.append(error_in_thread(partial(save, path)))
        assert not path.exists()
        model.save(path)  # this thread writes its own file
        return True

    make().train(checkpoint=path, every="1h", after_epoch=during)
    assert [type(error) for error in errors] == [BlockingIOError] * 14
    assert all(str(path) in str(error) for error in errors)
    assert Word2Vec.load(path).stopped is not None


def test_a_callback_does_not_write_another_model_to_the_checkpoint(path):
    """The next checkpoint of the run would replace it without a word."""
    path = path.with_name("run.w2v")
    other, errors = make().train(), []

    def during(model):
        assert path.exists() == bool(errors)
        for call in (
            *(partial(save, path) for save in (*saves(other), model.save_vectors)),
            lambda: other.train(epochs=1, checkpoint=path),
        ):
            with pytest.raises(BlockingIOError) as info:
                call()
            errors.append(info.type)
        model.save(path)

    make().train(checkpoint=path, every="1h", after_epoch=during)
    assert errors == [BlockingIOError] * 27
    assert len(Word2Vec.load(path).loss_history) == 3
    other.save(path)


def test_no_other_model_is_written_to_the_checkpoint_of_a_distributed_run(
    text_file, path
):
    """A signal handler, for instance, runs in the thread of the run."""
    errors, other = [], make()

    class Engine(LocalEngine):
        def call(self, handle, method, *arguments):
            if method == "train":
                with pytest.raises(BlockingIOError) as info:
                    other.save(path)
                errors.append(info.value)
            return super().call(handle, method, *arguments)

    given = {"vector_size": 8, "min_count": 1, "epochs": 1}
    train(text_file, 2, checkpoint=path, engine=Engine(), **given)
    assert errors and Word2Vec.load(path).stopped is None


def test_saves_of_one_file_wait_for_each_other(path):
    models = [make().train() for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        found = [pool.submit(m.save, path) for m in models for _ in range(20)]
    assert [job.exception() for job in found] == [None] * 60


def test_a_page_does_not_replace_a_checkpoint(unfinished, path):
    with pytest.raises(FileExistsError, match=r"Word2Vec\.resume"):
        write_page(path, make().wv)


def test_open_files_are_not_locked(unfinished, path):
    """Who opened a file for writing has decided what to do with it."""
    with file_lock(path), path.open("r+b") as file:
        save = partial(make().wv.save, file, format="w2v")
        assert error_in_thread(save) is None


@pytest.mark.skipif(os.name == "nt", reason="names of files have no colon there")
def test_urls_are_not_locked(tmp_path, monkeypatch):
    """Also not a file whose path looks like one."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "memory:").mkdir()

    def save():
        with checkpoint_mark.saving("memory://run.w2v"):
            pass

    with file_lock(tmp_path / "memory:" / "run.w2v"):
        assert error_in_thread(save) is None


def test_a_model_saves_to_its_own_checkpoint(unfinished, path):
    unfinished.save(path)
    make().train(checkpoint=path.with_name("other.ckpt"), after_epoch=stop)
    Word2Vec.load(path.with_name("other.ckpt")).save(path.with_name("other.ckpt"))


def test_a_save_keeps_the_mark_of_its_own_checkpoint(unfinished, path):
    for get in (lambda: unfinished, lambda: Word2Vec.load(path)):
        get().save(path)
        with pytest.raises(FileExistsError, match=r"Word2Vec\.resume"):
            make().save(path)
    Word2Vec.load(path).train(SENTENCES).save(path)  # the run has ended now
    make().save(path)


def test_a_copy_of_a_checkpoint_has_no_mark(unfinished, path):
    """It is a file of `save`; the run goes on from the checkpoint."""
    other = path.with_name("other.w2v")
    unfinished.save(other)
    make().save(other)


def test_files_of_save_are_replaced_whatever_their_run(path):
    """A script that stops early and saves may run again and again."""
    for _ in range(2):
        model = make()
        model.train(after_epoch=lambda model: model.save(path) or True)
        model.save(path)
        make().save(path)


def test_a_distributed_checkpoint_names_its_own_function(text_file, path):
    given = {"vector_size": 8, "min_count": 1, "epochs": 3}
    model = train(text_file, 2, checkpoint=path, **given)
    model._state.run.epoch = 1
    write_checkpoint(path, model._state)
    with pytest.raises(FileExistsError, match=r"w2vfast\.distributed\.resume\("):
        make().save(path)
