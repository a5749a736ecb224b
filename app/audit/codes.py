"""Codes of what an auditor concludes."""

from enum import StrEnum


class Conclusion(StrEnum):
    """What an auditor says of a period as a whole."""

    IN_ORDER = "in-order"
    WITH_FINDINGS = "with-findings"
    NOT_IN_ORDER = "not-in-order"
