"""Every story in `stories/` happens as it is told."""

from pathlib import Path

import pytest

from tests.support.story import Day, stories_of

FOLDER = Path(__file__).parent / "stories"
STORIES = [
    pytest.param(text, id=f"{path.stem}: {title}")
    for path in sorted(FOLDER.glob("*.story"))
    if not path.name.startswith("pending_")
    for title, text in stories_of(path)
]


@pytest.mark.parametrize("text", STORIES)
def test_a_story_happens_as_it_is_told(text: str) -> None:
    Day().tell(text)
