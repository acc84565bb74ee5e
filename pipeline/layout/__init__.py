"""From a document as read to one whose blocks lie under headings and whose tables are whole."""
