"""People and promises: what nurture decides, without any input, output, clock or chance."""
