"""Methods show the public class, whichever module they stand in."""

import inspect
import pickle
import pydoc
from contextlib import contextmanager
from functools import cached_property

import pytest

from w2vfast import KeyedVectors, Word2Vec
from w2vfast.compat import gensim
from w2vfast.runtime.public_methods import named_after_class

CLASSES = [Word2Vec, KeyedVectors, gensim.Word2Vec, gensim.KeyedVectors]


def functions(cls):
    """Return the name of each public member of a class, with its functions."""
    for name in dir(cls):
        if name.startswith("_") and name not in {"__getitem__", "__len__", "__repr__"}:
            continue
        member = inspect.getattr_static(cls, name)
        if isinstance(member, property):
            yield name, [f for f in (member.fget, member.fset, member.fdel) if f]
        elif isinstance(member, (staticmethod, classmethod)):
            yield name, [member.__func__]
        elif inspect.isfunction(member):
            yield name, [member]


@pytest.mark.parametrize("cls", CLASSES, ids=lambda c: f"{c.__module__}")
def test_every_public_method_has_the_name_of_its_class(cls):
    found = dict(functions(cls))
    assert len(found) > 15
    for name, some in found.items():
        for function in some:
            assert function.__qualname__ == f"{cls.__name__}.{function.__name__}", name
            assert function.__module__ == cls.__module__


@pytest.mark.parametrize(
    "call, text",
    [
        (lambda: Word2Vec.estimate_memory(token=3), r"^Word2Vec\.estimate_memory\(\) "),
        (
            lambda: Word2Vec.estimate_memory(tokens=9, types=9, vectorsize=3),
            r"^vectorsize is unknown to Word2Vec\.estimate_memory\(\): did you mean "
            r"vector_size=3\?",
        ),
        (lambda: Word2Vec.load(), r"^Word2Vec\.load\(\) missing"),
        (lambda: gensim.Word2Vec.load(), r"^Word2Vec\.load\(\) missing"),
        (lambda: KeyedVectors.most_similar(), r"^KeyedVectors\.most_similar\(\) "),
    ],
)
def test_errors_of_wrong_arguments_name_the_class(call, text):
    with pytest.raises(TypeError, match=text):
        call()


def test_help_names_the_module_of_the_class():
    text = pydoc.plain(pydoc.render_doc(Word2Vec.estimate_memory))
    assert "w2vfast.word2vec.word2vec" in text.splitlines()[0]
    assert "MemoryMethods" not in text


def test_methods_can_be_pickled():
    for method in (Word2Vec.estimate_memory, KeyedVectors.most_similar):
        assert pickle.loads(pickle.dumps(method)) is method


def test_properties_are_named_and_bases_of_other_packages_stay():
    class Base(dict):
        @property
        def one(self): ...
        @cached_property
        def two(self): ...
        @classmethod
        def three(cls): ...
        @contextmanager
        def five(self): ...

        number = 4

    @named_after_class
    class Public(Base): ...

    prefix = f"{Public.__qualname__}."
    assert Base.one.fget.__qualname__ == prefix + "one"
    assert Base.two.func.__qualname__ == prefix + "two"
    assert Base.three.__func__.__qualname__ == prefix + "three"
    assert (
        Base.five.__qualname__ == Base.five.__wrapped__.__qualname__ == prefix + "five"
    )
    assert dict.get.__qualname__ == "dict.get"
