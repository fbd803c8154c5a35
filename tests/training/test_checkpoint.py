"""A model is not saved under the name of a format that can't hold it."""

import pytest

from w2vfast import Word2Vec


@pytest.mark.parametrize("name", ["m.bin", "m.txt", "m.VEC"])
def test_a_model_is_no_file_of_vectors(tmp_path, name):
    model = Word2Vec([["a", "b"]] * 20, vector_size=8, min_count=1, sample=0)
    with pytest.raises(ValueError, match=r"(?i)m\.(bin|txt|vec).*model\.w2v"):
        model.save(tmp_path / name)
    assert not list(tmp_path.iterdir())
    model.save_vectors(tmp_path / name)
    model.save(tmp_path / "m.w2v")
    assert len(Word2Vec.load(tmp_path / "m.w2v").wv) == 2
