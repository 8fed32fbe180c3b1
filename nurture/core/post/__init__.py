"""A letter on paper: where it goes, how it looks, and how its date is written."""
