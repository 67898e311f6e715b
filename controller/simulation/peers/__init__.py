"""Other controllers' rules, as we read them, to be compared with on the same plant; see docs/peers.md."""
