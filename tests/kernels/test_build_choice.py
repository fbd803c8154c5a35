"""kernels=..., W2VFAST_KERNELS: which build is taken, and when none is."""

import pytest

from w2vfast import Word2Vec
from w2vfast import kernels as builds

SENTENCES = [["a", "b", "c", "d"], ["b", "a"]] * 5


def model(**parameters):
    return Word2Vec(
        SENTENCES, **{"min_count": 1, "workers": 1, "sample": 0} | parameters
    )


@pytest.mark.parametrize("name", ["fast", "AVX2", "", "avx2 "])
def test_unknown_kernels(name):
    with pytest.raises(ValueError, match=r"kernels=.*expected 'auto' or one of base, "):
        model(kernels=name)


def test_a_build_that_is_missing(monkeypatch):
    found = builds.find_spec
    monkeypatch.setattr(
        builds, "find_spec", lambda name: None if "avx2" in name else found(name)
    )
    with pytest.raises(ImportError, match=r"'avx2': this build is not part of .*base"):
        model(kernels="avx2")
    assert model().kernels != "avx2"


def test_a_build_that_the_cpu_cannot_run(monkeypatch):
    monkeypatch.setattr(builds, "find_spec", lambda name: object())
    monkeypatch.setattr(builds, "runnable", lambda: ["base"])
    with pytest.raises(ImportError, match=r"'avx512': this CPU lacks .*usable here"):
        model(kernels="avx512")
    assert builds.resolve() == "base"


def test_the_reference_is_never_a_fallback(monkeypatch):
    monkeypatch.setattr(builds, "find_spec", lambda name: None)
    with pytest.raises(ImportError, match=r"not installed.*kernels=.reference."):
        model()
    assert model(kernels="reference").kernels == "reference"


def test_environment_variable(monkeypatch):
    monkeypatch.setenv("W2VFAST_KERNELS", "reference")
    assert model().kernels == "reference"
    assert model(kernels="base").kernels == "base"
    monkeypatch.setenv("W2VFAST_KERNELS", "")
    assert model().kernels == builds.usable()[-1]
    monkeypatch.setenv("W2VFAST_KERNELS", "sse9")
    with pytest.raises(ValueError, match="W2VFAST_KERNELS='sse9'"):
        model()


def test_build_in_use(build):
    assert model(kernels=build).train().kernels == build
