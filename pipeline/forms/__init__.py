"""Describes forms as data: one TOML file per form, and which figures may be compared across forms."""
