"""Odd documents of many kinds in many formats, drawn with known figures, and what is read of them."""
