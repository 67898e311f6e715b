"""SunSpec: finds a device's models, and where their points lie."""

from controller.meter.sunspec.discovery import Chain, ReadRegisters, discover

__all__ = ["Chain", "ReadRegisters", "discover"]
