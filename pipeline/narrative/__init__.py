"""What the text of a report says: counted statements, its scope and its date, and how it fits the tables."""
