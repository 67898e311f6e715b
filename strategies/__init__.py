"""Sunpace's own strategies; each is a plug-in like anybody else's."""
