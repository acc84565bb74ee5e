"""Fields that a class of pydantic takes over from another, copied no deeper than the class changes them.

Great Expectations makes some hundred classes when it is imported, nearly all with the fields of others, and pydantic
copies all that hangs on each field, types and defaults included: 0.3 of the 1.1 seconds of the import. What does *not*
belong here: what is imported meanwhile (`engine`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from typing import Any

from pydantic.v1 import main
from pydantic.v1.fields import ModelField

# The name by which pydantic calls the copying of fields, and nothing else there.
_COPYING = "smart_deepcopy"


@contextmanager
def fields_shared() -> Iterator[None]:
    """A context within which new classes share with others what they do not change of their fields."""
    theirs = getattr(main, _COPYING, None)
    if theirs is None:  # a pydantic that calls it otherwise: it copies as it does
        yield
        return

    def taken(fields: Any) -> Any:
        are_fields = isinstance(fields, dict) and all(isinstance(field, ModelField) for field in fields.values())
        return {name: _copied(field) for name, field in fields.items()} if are_fields else theirs(fields)

    setattr(main, _COPYING, taken)
    try:
        yield
    finally:
        setattr(main, _COPYING, theirs)


def _copied(field: ModelField) -> ModelField:
    """The field with all that a class may add to or replace of it: validators, settings, fields of its parts."""
    new = copy(field)
    new.class_validators = dict(field.class_validators)
    new.field_info = copy(field.field_info)
    if field.sub_fields:
        new.sub_fields = [_copied(part) for part in field.sub_fields]
    if field.key_field:
        new.key_field = _copied(field.key_field)
    return new
