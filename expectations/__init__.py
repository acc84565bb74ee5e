"""The Great Expectations shell: the suites, and the only code that makes a GX context."""
