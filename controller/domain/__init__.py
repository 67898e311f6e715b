"""The words of the house: values and pure functions on the standard library alone."""
