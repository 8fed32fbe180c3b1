"""Texts that people write by hand, read so that every value knows its file, line and column."""
