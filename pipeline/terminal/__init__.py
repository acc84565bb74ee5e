"""The parts of the `disclosure` command that need no Dagster: one file per verb."""
