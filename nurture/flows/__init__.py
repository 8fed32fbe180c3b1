"""One verb, one file: each carries one thing from the world through the pure rooms and back."""
