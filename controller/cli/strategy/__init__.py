"""`sunpace strategy`: which strategies there are, and what each can be told."""
