"""Classes of pydantic that share what they do not change of fields: the same classes, made in less time."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic.v1 import BaseModel, Field, ValidationError, main, validator

from expectations.shared_fields import fields_shared


class Early(BaseModel):
    at: int = 0


class Late(BaseModel):
    at: float = 0.0


def made() -> tuple[type[BaseModel], type[BaseModel]]:
    """A class, and another that changes what it has of it in every way that there is."""

    class Above(BaseModel):
        number: int = Field(1, ge=0, title="a number", unit="piece")
        listed: list[int | None] = []
        named: dict[str, Other] = {}  # type: ignore[name-defined]  # noqa: F821  # told below
        either: dict[str, int | list[Other]] = {}  # type: ignore[name-defined]  # noqa: F821
        said: str = "x"

    class Below(Above):
        class Config:
            fields = {"said": {"alias": "SAID"}, "number": {"exclude": True}}  # noqa: RUF012
            min_anystr_length = 2

        more: list[float] = Field([0.5])

        @validator("number", "listed", "named", allow_reuse=True)
        def _is_other(cls, value: Any) -> Any:  # noqa: N805
            if value in (3, {"c": Early()}, {"c": Late()}):
                raise ValueError("it must not be that")
            return value

    Below.update_forward_refs(Other=Late)
    Above.update_forward_refs(Other=Early)
    return Above, Below


GIVEN: list[dict[str, Any]] = [
    {}, {"number": 3}, {"number": -1}, {"number": "4", "listed": ["5", None]}, {"listed": "no"}, {"said": "y"},
    {"SAID": "y"}, {"SAID": "yes"}, {"named": {"a": {"at": "7.5"}}}, {"named": {"c": {}}},
    {"either": {"a": "7", "b": [{"at": 7.5}]}}, {"more": [1, "2"]},
]  # fmt: skip


def answer(model: type[BaseModel], given: dict[str, Any]) -> object:
    try:
        return model(**given).dict()
    except ValidationError as error:
        return error.errors()


@pytest.mark.parametrize("given", GIVEN, ids=str)
def test_classes_answer_as_those_whose_fields_are_copied_in_full(given: dict[str, Any]) -> None:
    whole = made()
    with fields_shared():
        shared = made()
    assert [answer(model, given) for model in shared] == [answer(model, given) for model in whole]
    assert [model.schema() for model in shared] == [model.schema() for model in whole]


def test_a_default_is_nobody_elses() -> None:
    with fields_shared():
        above, below = made()
    above().__dict__["listed"].append(1)
    assert below().dict()["listed"] == above().dict()["listed"] == []


def test_afterwards_pydantic_copies_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    before = main.smart_deepcopy
    with fields_shared():
        assert main.smart_deepcopy is not before
        assert main.smart_deepcopy([[1]]) == [[1]]
    assert main.smart_deepcopy is before
    monkeypatch.delattr(main, "smart_deepcopy")
    with fields_shared():
        assert not hasattr(main, "smart_deepcopy")
