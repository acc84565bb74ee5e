"""Where a publisher is: the register of administrative divisions, and the way from a printed name to a code.

Fetches nothing and reads no reports; the register's files are derived by ``scripts/build_places.py``.
"""

from .locate import Place, locate
from .register import Division, RegisterError, division, divisions

__all__ = ["Division", "Place", "RegisterError", "division", "divisions", "locate"]
