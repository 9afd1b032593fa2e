"""Settings of how positions are closed: each that makes no sense is refused by its key."""

from pathlib import Path

import pytest

from engine.config.error import ConfigError
from tests.config.test_lab import LAB, lab


@pytest.mark.parametrize(
    ("text", "key", "said"),
    [
        (LAB + "[rules.closing]\nparts = []", "rules.closing.parts", "at least one"),
        (LAB + "[rules.closing]\nparts = ['0']", "rules.closing.parts[1]", "from 0.000001"),
        (LAB + "[rules.closing]\nreduce = 'slices'", "rules.closing.slice_notional", "found 0"),
        (LAB + "[rules.closing]\ntiers = 0", "rules.closing.tiers", "1 or more"),
        (LAB + "[rules.closing]\ntakeover = ['adl', 'adl']", "rules.closing.takeover", "once"),
        (LAB + "[rules.closing]\ndelay = '1'", "rules.closing.delay", "a time such as"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused(
    tmp_path: Path, text: str, key: str, said: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        lab(tmp_path, text)
    assert (caught.value.key, said in caught.value.problem) == (key, True), caught.value
