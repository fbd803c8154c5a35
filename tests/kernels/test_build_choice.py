"""`kernels=` and W2VFAST_KERNELS choose the build; errors explain missing builds."""

from pathlib import Path

import pytest

from w2vfast import Word2Vec
from w2vfast import kernels as builds

SENTENCES = [["a", "b", "c", "d"], ["b", "a"]] * 5


def model(**parameters):
    return Word2Vec(
        SENTENCES, **{"min_count": 1, "workers": 1, "sample": 0} | parameters
    )


@pytest.mark.parametrize("name", ["fast", "AVX2", "", "avx2 "])
def test_unknown_build_name_is_an_error(name):
    with pytest.raises(ValueError, match=r"kernels=.*expected 'auto' or one of base, "):
        model(kernels=name)


def test_missing_build_is_an_error(monkeypatch):
    found = builds.find_spec
    monkeypatch.setattr(
        builds, "find_spec", lambda name: None if "avx2" in name else found(name)
    )
    with pytest.raises(ImportError, match=r"'avx2': this build is not part of .*base"):
        model(kernels="avx2")
    assert model().kernels != "avx2"


def test_unsupported_cpu_is_an_error(monkeypatch):
    monkeypatch.setattr(builds, "find_spec", lambda name: object())
    monkeypatch.setattr(builds, "runnable", lambda: ["base"])
    with pytest.raises(ImportError, match=r"'avx512': this CPU lacks .*usable here"):
        model(kernels="avx512")
    assert builds.resolve() == "base"


def test_reference_is_never_chosen_automatically(monkeypatch):
    monkeypatch.setattr(builds, "find_spec", lambda name: None)
    with pytest.raises(ImportError, match=r"not installed.*kernels=.reference."):
        model()
    assert model(kernels="reference").kernels == "reference"


def test_environment_variable_sets_the_default_build(monkeypatch):
    monkeypatch.setenv("W2VFAST_KERNELS", "reference")
    assert model().kernels == "reference"
    assert model(kernels="base").kernels == "base"
    monkeypatch.setenv("W2VFAST_KERNELS", "")
    assert model().kernels == builds.usable()[-1]
    monkeypatch.setenv("W2VFAST_KERNELS", "sse9")
    with pytest.raises(ValueError, match="W2VFAST_KERNELS='sse9'"):
        model()


def test_only_the_build_avx512_uses_amx(build, kernels):
    assert build == "avx512" or not kernels.uses_amx()
    flags = Path("/proc/cpuinfo")
    if kernels.uses_amx():
        assert "amx_bf16" in flags.read_text().split()


def test_kernels_attribute_names_the_build_in_use(build):
    assert model(kernels=build).train().kernels == build
