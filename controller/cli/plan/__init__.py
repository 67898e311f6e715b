"""`sunpace plan`: what would be decided over the next hours."""
