"""A story that is not true fails, and says where."""

import pytest

from tests.support.story import Day

TRUE = """
    tick      100
    carol     asks 2 @ 101
    alice     wallet 1_000
    alice     buys 2 @ 101
  > accepted alice/1 buy 2 @ 101
  > filled carol/1 sell 2 @ 101 maker position -2
  > filled alice/1 buy 2 @ 101 taker position 2
  > mark 101
  = wallet alice 1_000
"""
FALSE = [
    ("  > mark 101\n", "", r"\+   > mark 101"),
    ("position 2\n", "position 3\n", r"-   > filled alice/1 buy 2 @ 101 taker position 3"),
    ("position 2\n", "position 2 fee 1\n", r"\+   > filled alice/1 .* position 2 fee 0"),
    ("  > mark 101\n", "  > mark 101\n  > mark 102\n", r"-   > mark 102"),
    ("= wallet alice 1_000", "= wallet alice 999", r"\+   = wallet alice 1_000"),
]
UNREADABLE = [
    ("alice buys much", "found 'much', expected a whole number"),
    ("alice buys 2 @ 101 quickly", "what does 'quickly' mean"),
    ("rate 1", "found '1', expected a percentage"),
    ("rate 0.0000001%", "is not a whole number of 1/100000000"),
    ("at noon", "found 'noon', expected a time like 09:30:00"),
    ("alice sets twenty", "a leverage is written like 20x"),
    ("tick", "the line ends too early"),
    ("rules colour 1", "no field of Rules is called 'colour'"),
    ("> tick 100", "a story does not begin with what happened"),
]
IMPOSSIBLE = [
    ("alice long 5 @ 100\ntick 100", "alice holds 0 BTC, not 5: who is against it"),
    ("tick 100\nalice wallet 1\nalice bids 5 @ 100", "it cannot stand like that"),
    ("tick 100\nbob bids 1 @ 100\ncarol asks 1 @ 100", "a quote rests, but"),
]


def test_a_true_story_is_told_to_its_end() -> None:
    assert len(Day().tell(TRUE).commands) == 5


@pytest.mark.parametrize(("word", "instead", "shown"), FALSE)
def test_a_false_story_fails_with_the_lines_that_differ(
    word: str, instead: str, shown: str
) -> None:
    assert TRUE.count(word) == 1
    with pytest.raises(pytest.fail.Exception, match=shown):
        Day().tell(TRUE.replace(word, instead))


@pytest.mark.parametrize(("line", "sentence"), UNREADABLE)
def test_a_line_that_cannot_be_read_is_not_guessed(line: str, sentence: str) -> None:
    with pytest.raises(AssertionError, match=sentence):
        Day().tell(line)


@pytest.mark.parametrize(("text", "sentence"), IMPOSSIBLE)
def test_what_is_said_to_stand_must_stand(text: str, sentence: str) -> None:
    with pytest.raises(AssertionError, match=sentence):
        Day().tell(text)
