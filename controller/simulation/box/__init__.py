"""The wallbox emulator: every endpoint, field and bad habit of the box, in front of the virtual car."""
