"""The `disclosure` command as far as it needs no Dagster: one file a verb."""
