"""Outgoing HTTP to URLs that users and other systems chose.

messages   Value objects for outgoing HTTP: request, response and errors
client     SSRF-safe HTTP client, for all requests to URLs that users and other systems chose
redirects  Follows the redirects of image addresses
courier    Egress proxy: makes requests for functions without internet access
"""
