"""Turns a document as read into one whose blocks lie under headings and whose tables are whole."""
