"""nurture keeps people in touch, in the owner's own voice, and hands every answer to a human."""

__version__ = "0.1.0"

SCHEMA = "0001"
"""The newest revision of the database, in `storage/migrations/versions`."""
