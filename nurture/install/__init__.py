"""Sets nurture up as a service of this machine, and takes it away again, saying what it does."""
