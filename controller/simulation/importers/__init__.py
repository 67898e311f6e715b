"""Importers: recorded days out of the files that other programs write.

The path of a day: `detect` finds the format, a format's module adds rows to a `Day` of `Series`, `course` repairs each
series or refuses it, `compose` reckons PV and house load out of all of them. Whatever is repaired is said.
"""

from controller.simulation.importers.day import Recorded
from controller.simulation.importers.detect import FORMATS
from controller.simulation.importers.read import read_day
from controller.simulation.importers.reading import Reading, Wish, parse_columns
from controller.simulation.importers.write import write_trace

__all__ = ["FORMATS", "Reading", "Recorded", "Wish", "parse_columns", "read_day", "write_trace"]
