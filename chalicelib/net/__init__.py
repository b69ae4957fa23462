"""Outgoing HTTP to addresses that other people chose.

messages  Value objects for outgoing HTTP: request, response and errors
client    SSRF-safe HTTP client: the only way out to addresses that other people chose
courier   Egress proxy: makes requests for functions whose network has no way out
"""
