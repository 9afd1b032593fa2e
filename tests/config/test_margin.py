"""Settings of margin modes and leverage: read by name, and refused where they make no sense."""

from pathlib import Path

import pytest

from engine.config.error import ConfigError
from engine.core.instrument import MarginTerms
from tests.config.test_lab import LAB, lab


def test_all_settings_are_read(tmp_path: Path) -> None:
    told = "[rules.margin]\nmode_of = 'account'\nleverage_with_position = 'reset'\n"
    rules = lab(tmp_path, LAB + told + "auto_margin = true").venue.rules
    assert rules.margin == MarginTerms(
        mode_of="account", leverage_with_position="reset", auto_margin=True
    )


def test_a_leverage_isolates_only_where_contracts_have_modes_of_their_own(tmp_path: Path) -> None:
    text = LAB + "[rules.margin]\nmode_of = 'account'\nleverage_isolates = true"
    with pytest.raises(ConfigError) as caught:
        lab(tmp_path, text)
    assert caught.value.key == "rules.margin.leverage_isolates"
    assert "mode_of = 'account'" in caught.value.problem
