"""Templates and facts to the very bytes that travel, and what servers answer to them."""
