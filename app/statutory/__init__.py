"""The report that a law asks the office to make, with or without the survivor's consent."""
