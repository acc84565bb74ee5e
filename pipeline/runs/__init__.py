"""A night: scan, plan, extract, validate, load, publish. Empty, so that a night without changes imports no pandas."""
