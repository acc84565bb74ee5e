"""Reads the text of a report: counted statements, scope and date, and how they agree with the tables."""
