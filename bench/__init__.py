"""Benchmarks: `python -m bench` prints a table and writes bench/results.json.

Everything is compared within one run on one machine; the figures say nothing absolute.
"""
