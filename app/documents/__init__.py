"""Official letters: what may be written, how it is rendered, signed, verified and stored."""
