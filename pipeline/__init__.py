"""From raw report files to tidy rows: the library, free of Dagster and Great Expectations."""

import os

# Read when Arrow is first imported. Its own allocator keeps what frames have left: some 170 MiB after a validation,
# which the load would then come on top of.
os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
