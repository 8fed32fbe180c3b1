"""What somebody really wrote: quotes cut away, and the dates that they name."""
