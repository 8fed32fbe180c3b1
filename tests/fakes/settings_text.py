"""The parts of a settings file that no test is about."""

OWNER = """\
[owners.anna]
name = "Anna"
address = "anna@example.org"
zone = "Europe/Berlin"
postal_address = "Street 1"
"""
