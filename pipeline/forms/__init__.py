"""What a form looks like, as data: one TOML file a form, and what may be compared across them."""
