"""How older databases become newer ones: forward only, one revision after the other."""
