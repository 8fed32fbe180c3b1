"""Crashes at every await of the daemon, over the real database and real protocols."""
