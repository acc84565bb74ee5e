"""Several files that give one report: which of them gives it, and how the others differ from it."""
