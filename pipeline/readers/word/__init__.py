"""Word documents: what their readers share."""
