"""Hand-written stand-ins for the ports; each passes the contract of the real thing."""
