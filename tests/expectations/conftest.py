"""One validator for all tests, since importing Great Expectations takes seconds."""

from __future__ import annotations

import pandas as pd
import pytest

from expectations.validate import Outcome, Validator
from tests.expectations import batches


@pytest.fixture(scope="session")
def validator() -> Validator:
    return Validator()


class Judge:
    """Validates frames against the small form and the districts of `batches`."""

    def __init__(self, validator: Validator) -> None:
        self._validator = validator
        self._cells = batches.cells()

    def __call__(self, frames: dict[str, pd.DataFrame]) -> Outcome:
        return self._validator.validate(frames, self._cells, batches.DISTRICTS)


@pytest.fixture(scope="session")
def judge(validator: Validator) -> Judge:
    return Judge(validator)
