"""Saving a whole model under a vectors-only suffix is an error."""

import pytest

from w2vfast import Word2Vec


@pytest.mark.parametrize("name", ["m.bin", "m.txt", "m.VEC"])
def test_saving_a_model_as_vectors_only_is_an_error(tmp_path, name):
    model = Word2Vec([["a", "b"]] * 20, vector_size=8, min_count=1, sample=0)
    with pytest.raises(ValueError, match=r"(?i)m\.(bin|txt|vec).*model\.w2v"):
        model.save(tmp_path / name)
    assert not list(tmp_path.iterdir())
    model.save_vectors(tmp_path / name)
    model.save(tmp_path / "m.w2v")
    assert len(Word2Vec.load(tmp_path / "m.w2v").wv) == 2
