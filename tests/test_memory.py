"""What importing the library settles about memory."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize(("setting", "pool"), [({}, "system"), ({"ARROW_DEFAULT_MEMORY_POOL": "mimalloc"}, "mimalloc")])
def test_arrow_gives_back_what_it_frees_unless_told_otherwise(setting: dict[str, str], pool: str) -> None:
    code = "import pipeline.frames, pyarrow; print(pyarrow.default_memory_pool().backend_name)"
    others = {name: value for name, value in os.environ.items() if name != "ARROW_DEFAULT_MEMORY_POOL"}
    found = subprocess.run(
        [sys.executable, "-c", code], env=others | setting, capture_output=True, text=True, check=True
    )
    assert found.stdout.split() == [pool]
