"""The fixture `story`: tells a trading day and compares what happened."""

from collections.abc import Callable

import pytest

from tests.support.story import Day


@pytest.fixture
def story() -> Callable[[str], Day]:
    """Return a function that plays a story on a fresh venue."""
    return lambda text: Day().tell(text)
