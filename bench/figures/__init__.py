"""One module per figure: NAME, GOAL in words, and `measure`; found by being in the folder."""
