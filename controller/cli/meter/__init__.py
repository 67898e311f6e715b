"""`sunpace meter`: which profiles there are, what a device says, and which profile fits it."""
