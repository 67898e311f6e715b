"""The meter emulator: any profile's registers on a wire, with the faults of real meters."""
