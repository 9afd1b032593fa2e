"""What is noted of prices and equity is what the exchange said, and its bound holds."""

from engine.report.curve import value_at
from engine.report.notes import CurveNote, curve_notes
from engine.report.sampling import Samples
from engine.report.view import ExchangeView
from tests.report.conftest import Reported


def test_a_price_curve_has_the_extremes_of_the_whole_run(reported: Reported) -> None:
    for symbol, known in reported.prices.ranges.items():
        prices = [price for _, price in reported.notes.curves["last", symbol]]
        traded = reported.chronicle.traded.ranges[symbol]
        assert prices[0] == known.first
        assert min(*prices, traded.low) == known.low
        assert max(*prices, traded.high) == known.high


def test_an_equity_curve_goes_from_the_deposit_to_what_was_left(reported: Reported) -> None:
    for had in reported.closing.held:
        points = reported.notes.curves["equity", had.account]
        assert (points[0][1], points[-1][1]) == (3_300_000_000, had.equity)


def test_equity_is_noted_at_the_end_of_every_liquidation(reported: Reported) -> None:
    assert {account for account, _ in reported.worth} == {"isolated", "cross"}
    for (account, at_us), equity in reported.worth.items():
        assert value_at(reported.fine.equity[account].points(), at_us) == equity


def test_a_curve_of_few_looks_reaches_as_far_as_one_of_all(reported: Reported) -> None:
    for had in reported.closing.held:
        whole = [value for _, value in reported.fine.equity[had.account].points()]
        noted = [value for _, value in reported.notes.curves["equity", had.account]]
        assert len(noted) <= reported.setting.samples < len(whole)
        allowed = (max(whole) - min(whole)) // 100
        assert 0 <= min(noted) - min(whole) <= allowed
        assert 0 <= max(whole) - max(noted) <= allowed


def test_a_mark_is_noted_only_where_it_is_not_the_last_price(reported: Reported) -> None:
    assert not Samples(reported.setting).mark
    assert {kind for kind, _ in reported.notes.curves} == {"last", "equity"}


def test_looks_become_rarer_and_their_number_is_bounded(reported: Reported) -> None:
    """A day of looks, one a millisecond asked for: what is done grows with its logarithm."""
    samples, view = Samples(reported.setting), ExchangeView(reported.exchange)
    looks = at_us = 0
    while at_us < 86_400_000_000:
        samples.look(at_us, view)
        looks += 1
        at_us = samples.due_us
    doublings = 86_400_000_000 // (1_000 * 4 * reported.setting.samples)
    assert looks < 4 * reported.setting.samples * (doublings.bit_length() + 1)


def test_a_note_gives_its_curve_back() -> None:
    points = [(5_000_000, 7), (5_000_000, 9), (9_000_001, -2)]
    note = CurveNote.of("equity", "alice", points)
    assert note.after_us == (0, 0, 4_000_001)
    assert note.points() == points


def test_a_curve_without_points_has_no_note(reported: Reported) -> None:
    assert list(curve_notes(Samples(reported.setting))) == []
