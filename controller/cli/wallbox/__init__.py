"""`sunpace wallbox`: everything that the box's own page can do, from the command line."""
