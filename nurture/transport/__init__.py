"""The thin adapters to SMTP, IMAP and the clock: the only rooms that speak to the network."""
