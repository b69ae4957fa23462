"""Benchmarks: `python -m bench` prints a table and writes bench/results.json.

All comparisons are within one run on one machine; absolute figures have no meaning.
"""
