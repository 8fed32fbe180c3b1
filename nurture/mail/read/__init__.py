"""Bytes of any mail to a value: header, parts, reports, and what leads back to us."""
