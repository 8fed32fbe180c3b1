"""The product on a table: embedded mail servers and personas on loopback."""
