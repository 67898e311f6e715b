"""Sunpace: solar-surplus charging for Webasto Next and Ampure Unite wallboxes."""

__version__ = "0.1.0"
