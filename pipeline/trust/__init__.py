"""Decides which figures are right: identities, proposals, a second reading, blame, grades; see `docs/trust.md`."""
