"""Photographs and papers of a case: checked, cleaned, sealed, opened for a purpose."""
