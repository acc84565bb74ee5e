"""Numbers that the environment may set."""

from __future__ import annotations

import os

from pipeline.raw.folder import InputError


def whole_number(name: str, default: int, least: int) -> int:
    """A setting, or the default where there is none.

    Raises `InputError` unless it is a whole number of at least `least`.
    """
    setting = os.environ.get(name, "")
    if not setting:
        return default
    if not setting.isdecimal() or int(setting) < least:
        raise InputError(f"{name} must be a whole number from {least} on, not {setting!r}")
    return int(setting)
