"""SunSpec: finds a device's models, and where their points lie."""

from controller.meter.sunspec.chain import Chain, DeviceBlock, Model
from controller.meter.sunspec.discovery import ReadRegisters, discover

__all__ = ["Chain", "DeviceBlock", "Model", "ReadRegisters", "discover"]
