"""A new checkpoint does not replace the only file of an unfinished run."""

import copy
import gzip
import os
import pickle

import pytest
from stopped_runs import SENTENCES, make, stop

from w2vfast import Word2Vec
from w2vfast.distributed import resume, train


def refuses(path, message="1 of 3 epochs are done"):
    before = path.read_bytes()
    with pytest.raises(FileExistsError) as info:
        make().train(checkpoint=path)
    assert path.read_bytes() == before
    assert message in str(info.value) and str(path) in str(info.value)
    return str(info.value)


def test_another_model_does_not_replace_an_unfinished_run(unfinished, path):
    message = refuses(path)
    assert f"Word2Vec.resume({str(path)!r}, corpus)" in message
    assert "delete the file or pass another name" in message
    assert len(Word2Vec.resume(path, SENTENCES).loss_history) == 3


def test_nothing_is_read_before_the_error(unfinished, path):
    with pytest.raises(FileExistsError):
        make().train("no such corpus.txt", checkpoint=path)


def test_a_compressed_checkpoint_and_a_link_are_recognised(unfinished, path, tmp_path):
    packed = tmp_path / "run.ckpt.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    refuses(packed)
    link = tmp_path / "link"
    link.symlink_to(path)
    refuses(link)


def test_resume_does_not_replace_the_run_of_another_file(unfinished, path, tmp_path):
    other = tmp_path / "other.ckpt"
    make().train(checkpoint=other, after_epoch=lambda m: len(m.loss_history) == 2)
    with pytest.raises(FileExistsError, match="2 of 3 epochs are done"):
        Word2Vec.resume(path, SENTENCES, checkpoint=other)


def test_the_model_that_goes_on_replaces_its_own_file(unfinished, path):
    unfinished.train(checkpoint=path, after_epoch=stop)
    Word2Vec.load(path).train(SENTENCES, checkpoint=path, after_epoch=stop)
    assert Word2Vec.load(path).stopped is None


def test_a_new_run_of_the_same_model_replaces_its_file(unfinished, path):
    unfinished.train(epochs=2, checkpoint=path)
    assert len(Word2Vec.load(path).loss_history) == 3


def test_an_extended_model_replaces_the_file_of_its_beginning(unfinished, path):
    unfinished.extend([["sun", "comet"]] * 20).train(checkpoint=path)
    assert "comet" in Word2Vec.load(path).wv


@pytest.mark.parametrize("make_copy", [copy.deepcopy, lambda m: pickle.loads(
    pickle.dumps(m))])  # fmt: skip
def test_a_copy_may_go_on_but_not_replace_what_the_model_trained_later(
    unfinished, path, make_copy
):
    twin, old = make_copy(unfinished), make_copy(unfinished)
    twin.train(checkpoint=path, after_epoch=stop)
    with pytest.raises(FileExistsError, match="2 of 3 epochs"):
        old.train(checkpoint=path)


def test_a_file_saved_during_the_run_does_not_hide_the_checkpoint(unfinished, path):
    unfinished.save(path.with_name("other.w2v"))
    unfinished.train(checkpoint=path)
    assert Word2Vec.load(path).stopped is None


def test_a_file_that_another_process_wrote_meanwhile_is_kept(unfinished, path):
    Word2Vec.load(path).train(SENTENCES, checkpoint=path, after_epoch=stop)
    with pytest.raises(FileExistsError, match="2 of 3 epochs"):
        unfinished.train(checkpoint=path)


def test_a_file_that_replaces_the_own_one_at_once_is_not_known(
    unfinished, path, monkeypatch
):
    """Another process may write between the renaming and the look at the file."""
    from w2vfast.io import atomic

    other = path.with_name("other.ckpt")
    make().train(checkpoint=other, after_epoch=stop)
    rename = atomic._rename

    def then_replaced(temporary, target):
        rename(temporary, target)
        other.replace(target)

    with monkeypatch.context() as patch:
        patch.setattr(atomic, "_rename", then_replaced)
        unfinished.save(path)
    with pytest.raises(FileExistsError, match="1 of 3 epochs"):
        unfinished.train(checkpoint=path)


def test_an_inode_that_changes_with_the_name_does_not_matter(path):
    """As FAT does it."""
    from w2vfast.io.file_identity import file_identity, written_identity

    path.write_bytes(b"content")
    device, _, *rest = now = file_identity(path)
    assert written_identity(path, (device, 0, *rest)) == now
    assert written_identity(path, (device, 0, 1, 7)) == (device, 0, 1, 7)


def test_finished_untrained_and_empty_files_are_replaced(path):
    make().train(checkpoint=path)
    make().train(checkpoint=path)
    make().save(path)
    make().train(checkpoint=path)
    path.write_bytes(b"")
    make().train(checkpoint=path)
    assert len(Word2Vec.load(path).loss_history) == 3


def test_a_run_that_trained_nothing_is_replaced(path):
    for replace in (
        lambda: make().train(checkpoint=path),
        lambda: make().save(path),
        lambda: make().wv.save(path, format="w2v"),
    ):
        path.unlink(missing_ok=True)
        make().train(checkpoint=path, callbacks=_StopAtOnce())
        assert Word2Vec.load(path).stopped.tokens == 0
        replace()


class _StopAtOnce:
    """A callback that stops the run before its first block."""

    def __new__(cls):
        from w2vfast import Callback

        class Stop(Callback):
            def on_epoch_begin(self, model):
                return True

        return Stop()


@pytest.mark.parametrize("content", [b"my notes\n", b"\x08" + b"\0" * 30, b"x"])
def test_a_file_that_is_no_checkpoint_is_kept(path, content):
    path.write_bytes(content)
    refuses(path, "something else than a checkpoint")


def test_a_damaged_checkpoint_is_kept(unfinished, path):
    path.write_bytes(path.read_bytes()[:-8])
    refuses(path, "something else than a checkpoint")


def test_vectors_alone_are_kept(path):
    model = make().train()
    model.wv.save(path, format="w2v")
    assert "resume" not in refuses(path, "vectors alone")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_not_opened_for_the_check(path):
    from w2vfast.training.interrupted import find_loss

    os.mkfifo(path)
    assert find_loss(path) is None


def test_a_distributed_run_is_kept(text_file, path, unfinished, monkeypatch):
    parameters = {"vector_size": 8, "min_count": 1, "epochs": 3}
    with pytest.raises(FileExistsError, match=r"Word2Vec\.resume"):
        train("missing.txt", 2, checkpoint=path, **parameters)
    path.unlink()
    from w2vfast.distributed.driver import Driver

    commit = Driver._commit

    def interrupting(self, *given):
        commit(self, *given)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Driver, "_commit", interrupting)
        train(text_file, 2, checkpoint=path, **parameters)
    before = path.read_bytes()
    for call in (
        lambda: train("missing.txt", 2, checkpoint=path, **parameters),
        lambda: make().train(checkpoint=path),
    ):
        with pytest.raises(FileExistsError, match=r"w2vfast\.distributed\.resume"):
            call()
    assert path.read_bytes() == before
    assert len(resume(path, text_file).loss_history) == 3
