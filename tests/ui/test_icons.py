"""Icons cut from the sprite."""

from __future__ import annotations

import pytest

from app.ui.icons import icon


def test_an_icon_is_drawn_inside_the_page_and_silent() -> None:
    drawn = icon("eye")
    assert drawn.startswith("<svg")
    assert drawn.count("<svg") == 1
    assert 'aria-hidden="true"' in drawn
    assert "<path" in drawn
    assert len(drawn) < 1500


@pytest.mark.parametrize("name", ["no-such-icon", "", 'eye">'])
def test_an_unknown_icon_is_an_error_not_a_blank(name: str) -> None:
    with pytest.raises(KeyError):
        icon(name)
