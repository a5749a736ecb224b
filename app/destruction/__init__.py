"""The end of a case for ever: one person decides, another confirms, a certificate says so."""
