"""Code lists of transfers between agencies, with the words that pages use for them."""

from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp


class TransferState(StrEnum):
    """Where a transfer stands, on either side."""

    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"


STATE_NAMES: dict[TransferState, Any] = {
    TransferState.SENT: _lp("transfer", "Waits for an answer"),
    TransferState.ACCEPTED: _lp("transfer", "Taken over by the other agency"),
    TransferState.DECLINED: _lp("transfer", "Declined by the other agency"),
}
ARRIVED_NAMES: dict[TransferState, Any] = {
    TransferState.SENT: _l("Waits for your answer"),
    TransferState.ACCEPTED: _l("You have taken it over"),
    TransferState.DECLINED: _l("You have declined it"),
}
STATE_KINDS: dict[TransferState, str] = {
    TransferState.SENT: "waiting",
    TransferState.ACCEPTED: "good",
    TransferState.DECLINED: "stop",
}
