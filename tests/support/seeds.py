"""What dice of their own are begun with, so that a new setting does not change other draws."""

_NEWER = (", order_max=UNSET, market_order_max=UNSET", ", open_max=0")
"""Settings that came later, where they say nothing."""


def seed_text(drawn: object) -> str:
    """Return what is drawn so far as a text, without settings that came later and are not set."""
    text = repr(drawn)
    for newer in _NEWER:
        text = text.replace(newer, "")
    return text
