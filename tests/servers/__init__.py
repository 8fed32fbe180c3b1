"""Servers the tests run against: real ones on private ports, and one that lies."""
