"""Benchmarks: `make bench`, or `python -m bench decide|startup|idle`."""
