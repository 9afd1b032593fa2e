"""Seeded cases on lrvx's engine and on this one: the same, or by a named rule not.

lrvx has no wheel for every machine; where it is not installed nothing is compared.
"""

import os
from collections import Counter

import pytest

from tests.foreign.lrvx_engine import FUND, disagreements, drawn, ours, reason, theirs

lrvx = pytest.importorskip("lrvx", reason="lrvx is not installed: there is no wheel of it here")
CASES = int(os.environ.get("MARGINCALL_LRVX_CASES", "1000"))


def test_both_come_to_the_same_or_a_rule_says_why_not() -> None:
    seen: Counter[str] = Counter()
    for seed in range(CASES):
        setting = drawn(seed)
        mine = ours(setting)
        found = disagreements(mine, theirs(lrvx, setting))
        named = {one.name: reason(setting, one, mine) for one in setting.traders}
        allowed = {name for name, rule in named.items() if rule}
        allowed |= {FUND} if allowed else set()
        assert found <= allowed, f"seed {seed}: {found} differ, explained are {allowed}"
        seen.update({named[name] for name in found - {FUND}})
        seen["the same"] += not found
        seen["nothing to explain"] += not allowed
        seen["liquidated"] += any(mine.liquidated)
        seen["the fund pays"] += mine.fund < setting.fund
        seen["the fund is empty"] += setting.fund > 0 and mine.fund == 0
    assert len(seen) == 7, f"the cases do not reach everything: {seen}"
    assert seen["the same"] > CASES // 2, f"most cases are explained away: {seen}"
