"""What the fund took over and kept is told everywhere, and the fund's cash adds up with it."""

from decimal import Decimal

import msgspec
import pytest

from engine.core.event import InventoryFunded, InventorySold, TakenOver
from engine.core.money import Lots, Micros, Price
from engine.report import terminal
from engine.report.inventory import Inventory, Kept
from engine.report.summary import InventoryRow
from engine.report.text import Units
from tests.report.conftest import Reported
from tests.report.test_shown import shown


def test_the_summary_tells_of_each_contract_what_the_fund_holds_in_it(kept: Reported) -> None:
    state, rows = kept.exchange.state, kept.summary.inventory
    assert rows
    assert set(rows) == set(state.inventory)
    for contract, position in state.inventory.items():
        units = Units.of(state.markets[contract].contract)
        assert rows[contract].held == units.quantity(position.quantity)
        assert Decimal(rows[contract].held_most) >= abs(Decimal(rows[contract].held))
    brought = sum(Decimal(row.result) + Decimal(row.funding) for row in rows.values())
    assert Decimal(kept.summary.inventory_pnl) == brought


def test_what_the_fund_keeps_of_each_liquidation_is_all_that_it_took_over(kept: Reported) -> None:
    for contract, row in kept.summary.inventory.items():
        orders = [each for each in kept.summary.liquidations if each.contract == contract]
        taken = sum(Decimal(order.filled.inventory) for order in orders)
        assert taken == Decimal(row.taken_over) > 0
    whys = {why.seq: why for why in kept.data.whys}
    for order in kept.summary.liquidations:
        assert whys[order.seq].filled[-1] == order.filled.inventory


def test_the_fund_ends_with_what_its_parts_come_to(kept: Reported, reported: Reported) -> None:
    for run in (kept, reported):
        fund = {
            name: Decimal(text)
            for name, text in msgspec.to_builtins(run.summary.insurance_fund).items()
        }
        came = fund["residues"] + fund["liquidation_fees"] + fund["inventory"]
        assert fund["end"] == fund["start"] - fund["paid"] + came
        assert fund["end"] == Decimal(run.summary.insurance_fund.end)
        assert fund["paid"] == Decimal(run.summary.waterfall.insurance_fund)
        assert fund["residues"] == Decimal(run.summary.residue)
    assert Decimal(kept.summary.insurance_fund.inventory) != 0
    assert Decimal(kept.summary.insurance_fund.liquidation_fees) > 0


def test_the_page_has_the_same_numbers(kept: Reported, reported: Reported) -> None:
    assert kept.data.fund == kept.summary.insurance_fund
    assert kept.data.inventory == kept.summary.inventory
    assert reported.data.inventory == {}


def test_the_terminal_shows_it(kept: Reported, capsys: pytest.CaptureFixture[str]) -> None:
    told = shown(terminal.inventory_table(kept.summary))
    for contract, row in kept.summary.inventory.items():
        (line,) = (line for line in told.splitlines() if contract in line)
        assert f"{Decimal(row.taken_over):,}" in line
    assert "lacked" not in told
    tree = shown(terminal.cascade_tree(kept.summary, limit=1_000))
    assert "kept by the fund " in tree
    terminal.show(kept.summary)
    assert "What the fund took over and kept" in capsys.readouterr().out
    paid = shown(terminal.waterfall_table(kept.summary))
    assert "(liquidation fees)" in paid
    assert "(what it held)" in paid


def test_what_its_cash_lacked_is_told(kept: Reported) -> None:
    row = InventoryRow("3", "1", "2", "2", "-7", "-2", "4.5")
    told = shown(
        terminal.inventory_table(msgspec.structs.replace(kept.summary, inventory={"X": row}))
    )
    assert "its cash lacked 4.5, which nobody paid" in told


def test_a_run_in_which_nothing_was_kept_says_nothing_of_it(
    reported: Reported, capsys: pytest.CaptureFixture[str]
) -> None:
    assert reported.summary.inventory == {}
    assert reported.summary.inventory_pnl == "0"
    terminal.show(reported.summary)
    assert "took over and kept" not in capsys.readouterr().out


def test_each_event_is_counted_once() -> None:
    """12 lots long, 2 more of a short close as many, 4 are sold; funding and a loss beyond cash."""
    heard = Inventory()
    for quantity, held, realized in ((12, 12, 0), (2, 10, 30)):
        heard.taken_over(_taken(quantity, held, realized))
    heard.sold(_sold(4, held=6, realized=-50, uncovered=20))
    heard.funded(_funded(amount=7, uncovered=5))
    heard.funded(_funded(amount=-3, uncovered=0))
    assert heard.kept == {"X": Kept(14, 4, 6, 12, result=-20, funding=-4, uncovered=25)}
    assert (heard.pnl, heard.cash) == (-24, 1)


def _taken(quantity: int, held: int, realized: int) -> TakenOver:
    return TakenOver(
        seq=1,
        at_us=1,
        liquidation=1,
        account="alice",
        contract="X",
        side="buy",
        quantity=Lots(quantity),
        value=Micros(0),
        loss=Micros(0),
        own_margin=Micros(0),
        insurance_fund=Micros(0),
        realized=Micros(realized),
        held=Lots(held),
        fund=Micros(0),
    )


def _sold(quantity: int, held: int, realized: int, uncovered: int) -> InventorySold:
    return InventorySold(
        seq=1,
        at_us=1,
        contract="X",
        side="sell",
        quantity=Lots(quantity),
        price=Price(1),
        value=Micros(0),
        against="mark",
        realized=Micros(realized),
        uncovered=Micros(uncovered),
        held=Lots(held),
        fund=Micros(0),
    )


def _funded(amount: int, uncovered: int) -> InventoryFunded:
    return InventoryFunded(
        seq=1,
        at_us=1,
        contract="X",
        amount=Micros(amount),
        uncovered=Micros(uncovered),
        fund=Micros(0),
    )
