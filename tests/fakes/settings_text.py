"""The parts of a settings file that no test is about."""

OWNER = """\
[owners.anna]
name = "Anna"
address = "anna@example.org"
zone = "Europe/Berlin"
postal_address = "Street 1"
"""

ACCOUNT = """
[accounts.anna]
owner = "anna"
address = "anna@example.org"
smtp = {host = "smtp.example.org"}
imap = {host = "imap.example.org"}
"""
"""Its table is the last: what follows without a head of its own belongs to the account."""
