"""Where a publisher is, and which one it is: the register of divisions, and the way from a printed name to a code.

Fetches nothing and reads no reports; the register's files are derived by ``scripts/build_places.py``.
"""

from pipeline.places.divisions import Division, RegisterError, division, divisions
from pipeline.places.identity import Publisher, identify
from pipeline.places.locate import Place, locate
from pipeline.places.publisher import read_title

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
