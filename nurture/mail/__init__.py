"""The RFCs: bytes to meaning and meaning to bytes, without any input, output, clock or chance."""
