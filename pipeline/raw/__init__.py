"""The files that people put under `data/raw`. Empty, so that a night without changes imports little."""
