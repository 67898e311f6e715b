"""Modbus meters: transport, register decoding, device profiles."""
