"""Where a publisher is, and which one: the register of divisions, and the way from a printed name to a code.

Fetches nothing and reads no reports; the register's files are derived by ``scripts/build_places.py``.
"""

from .identity import Publisher, identify
from .locate import Place, locate
from .publisher import read_title
from .register import Division, RegisterError, division, divisions

__all__ = [
    "Division",
    "Place",
    "Publisher",
    "RegisterError",
    "division",
    "divisions",
    "identify",
    "locate",
    "read_title",
]
