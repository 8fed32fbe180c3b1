"""One file per examination, found by being in the folder."""
