"""From raw report files to tidy rows: the library, free of Dagster and Great Expectations."""
