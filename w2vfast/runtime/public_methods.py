"""Methods of private base classes, which carry the name of the public class."""

from __future__ import annotations

from functools import cached_property
from types import FunctionType
from typing import Any, TypeVar

Class = TypeVar("Class", bound=type)


def named_after_class(cls: Class) -> Class:
    """
    Name the methods of a class's private bases after the class.

    A class whose methods stand in several modules inherits them from bases that users
    should not see. `help` and errors of wrong arguments show ``__qualname__``, which
    would have the name of such a base.

    Parameters
    ----------
    cls : type
        The only public class of its bases; bases of other packages stay.

    Returns
    -------
    type
        The same class, so that this is a decorator.

    Examples
    --------
    >>> class _Saving:
    ...     def save(self, path): ...
    >>> @named_after_class
    ... class Model(_Saving): ...
    >>> Model().save()
    Traceback (most recent call last):
    TypeError: Model.save() missing 1 required positional argument: 'path'
    """
    package = cls.__module__.partition(".")[0]
    for base in cls.__mro__[1:]:
        if base.__module__.partition(".")[0] == package:
            for member in vars(base).values():
                for function in _functions(member):
                    function.__qualname__ = f"{cls.__qualname__}.{function.__name__}"
                    function.__module__ = cls.__module__  # pickles look there
    return cls


def _functions(member: Any) -> list[FunctionType]:
    """Return the functions of a method or a property, also those in decorators."""
    if isinstance(member, property):
        found = [member.fget, member.fset, member.fdel]
    elif isinstance(member, (staticmethod, classmethod)):
        found = [member.__func__]
    elif isinstance(member, cached_property):
        found = [member.func]
    else:
        found = [member]
    functions = [one for one in found if isinstance(one, FunctionType)]
    for one in functions:  # the list grows
        if isinstance(inner := getattr(one, "__wrapped__", None), FunctionType):
            functions.append(inner)
    return functions
