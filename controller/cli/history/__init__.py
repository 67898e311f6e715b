"""`sunpace history`: what is on record."""
