"""Which figures are right: identities, proposals, a second reading, blame, grades. `docs/trust.md` has the order."""
