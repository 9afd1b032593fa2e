"""Of an open position the report tells how near it is to being deleveraged."""

import msgspec

from engine.core.liquidation.rank import LIGHTS
from engine.report import terminal
from engine.report.view import ExchangeView
from engine.report.watched import held, watched_row
from tests.report.conftest import Reported
from tests.report.test_shown import shown


def test_winners_at_the_end_have_lights_and_the_table_shows_them(reported: Reported) -> None:
    view, statement = ExchangeView(reported.exchange), reported.statement
    rows = [
        watched_row(held(name, statement, view), "cross", statement, reported.setting.units)
        for name in view.accounts()
    ]
    lit = [row for row in rows if any(each.adl_lights for each in row.positions)]
    told = {each.adl_lights: each.ended for row in lit for each in row.positions}
    assert set(told) >= set(range(1, LIGHTS + 1)), "some of every fifth of the queue"
    assert {ended for lights, ended in told.items() if lights} == {"open"}
    winner = next(row for row in lit if row.positions[0].adl_lights)
    summary = msgspec.structs.replace(reported.summary, watched=(winner,))
    lights = winner.positions[0].adl_lights
    assert f"open, {lights} of 5 ADL lights" in shown(terminal.watched_table(summary))


def test_who_has_no_open_position_has_none(reported: Reported) -> None:
    for row in reported.summary.watched:
        for position in row.positions:
            assert position.adl_lights == 0 or position.ended == "open"
