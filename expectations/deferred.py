"""Modules that are imported only when something of them is used, or not at all.

Great Expectations imports altair and scipy's statistics for one expectation, which no rule here uses, and libraries of
databases and clouds where they are installed: half of the seconds that a validator takes to get ready. What does *not*
belong here: which modules these are (`engine`).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any


class _Deferred(ModuleType):
    """Stands for a module, and imports it when it is asked for an attribute that only the module has."""

    def __getattr__(self, name: str) -> Any:
        """The attribute of the module itself. Raises AttributeError for names that every module may have.

        These are what code asks that looks through all modules, such as `inspect`: it uses none of them.
        """
        if name.startswith("__"):
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), name)


@contextmanager
def deferred(*names: str) -> Iterator[None]:
    """A context in which importing these modules imports nothing yet; one that has been imported already stays.

    What is imported in the context goes on with the deferred module, and imports after it are as ever. A module that is
    not installed is missing as ever.
    """
    specs = [find_spec(name) for name in names if name not in sys.modules]
    made = [module_from_spec(spec) for spec in specs if spec is not None]
    for module in made:
        module.__class__ = _Deferred
        sys.modules[module.__name__] = module
    try:
        yield
    finally:
        for module in made:
            if sys.modules.get(module.__name__) is module:
                del sys.modules[module.__name__]


@contextmanager
def left_out(*names: str) -> Iterator[None]:
    """A context in which these modules, unless imported already, are as if they were not installed.

    For libraries that whoever imports them can do without; afterwards they can be imported as ever.
    """
    hidden: dict[str, Any] = dict.fromkeys(name for name in names if name not in sys.modules)
    sys.modules.update(hidden)
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
