"""`margincall compare`: the same ticks and accounts in each margin mode, and what is written."""

import json
from pathlib import Path

import msgspec
import pytest

from engine.report.compare import Comparison, Side
from engine.report.text import grouped
from tests.cli.conftest import Call

LAB = """
venue = "textbook"
seed = 1
fund = "100"

[contracts.BTCUSDT]
depth_scale = "0.05"
[contracts.ETHUSDT]
depth_scale = "0.05"

[crowd]
accounts = 80
isolated = "%s"
equity_median = "1000"
equity_max = "5000"
enter = "20m"
leverages = [{ low = 5, high = 30, share = "1" }]

[[accounts]]
name = "trader"
deposit = "2100"
mode = "%s"
orders = [
  { contract = "BTCUSDT", side = "buy", quantity = "0.15", leverage = 10, after = "1m" },
  { contract = "ETHUSDT", side = "sell", quantity = "2.9", leverage = 10, after = "1m" },
]

[path]
seed = 3
legs = [
  { lasts = "30m", per = "1m", trades = 4 },
  { lasts = "5h", per = "1m", trades = 2, to = { BTCUSDT = "0.88", ETHUSDT = "0.88" } },
  { lasts = "20h", per = "5m", trades = 2, to = { BTCUSDT = "1.02", ETHUSDT = "1.01" } },
]
[path.markets]
BTCUSDT = { start = "65000", noise = "12", size = "0.001", size_bits = 11 }
ETHUSDT = { start = "3400", noise = "0.7", size = "0.001", size_bits = 15 }
"""


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    path = tmp_path / "hedged.toml"
    path.write_text(LAB % ("0.5", "cross"))
    return path


def compared(call: Call, *arguments: object) -> Comparison:
    result = call("compare", *arguments, "--json")
    assert result.exit_code == 0, result.output
    return msgspec.json.decode(result.stdout, type=Comparison)


def test_one_table_has_a_column_for_each_mode_and_every_number(call: Call, lab: Path) -> None:
    result = call("compare", lab)
    assert result.exit_code == 0, result.output
    comparison = compared(call, lab)
    assert [side.mode for side in comparison.sides] == ["isolated", "cross"]
    lines = result.stdout.splitlines()
    head = next(line for line in lines if "isolated" in line)
    assert head.index("isolated") < head.index("cross")
    for words, cells in {
        "final equity": [grouped(side.watched[0].equity, 2) for side in comparison.sides],
        "largest draw-down": [grouped(side.watched[0].drawdown, 2) for side in comparison.sides],
        "margin calls": [f"{side.watched[0].margin_calls:,}" for side in comparison.sides],
        "pool draws": [f"{side.watched[0].pool_draws:,}" for side in comparison.sides],
        "liquidations": [f"{side.watched[0].liquidations:,}" for side in comparison.sides],
        "loss of the liquidated": [grouped(side.waterfall.loss, 2) for side in comparison.sides],
    }.items():
        row = next(line for line in lines if words in line)
        assert row.replace("│", " ").split()[-2:] == cells
    assert "realised" in result.output


def test_the_hedge_lives_in_the_pool_and_dies_alone(call: Call, lab: Path) -> None:
    isolated, cross = (side.watched[0] for side in compared(call, lab).sides)
    assert (isolated.account, isolated.paid_in) == (cross.account, cross.paid_in)
    assert (isolated.liquidations, isolated.at_least) == (1, True)
    assert (cross.liquidations, cross.at_least) == (0, False)
    assert float(isolated.capital_needed) > 1_900
    assert cross.pool_draws > 0 == isolated.pool_draws


@pytest.mark.parametrize("mode", ["isolated", "cross"])
def test_each_side_is_what_a_replay_in_that_mode_comes_to(
    call: Call, lab: Path, tmp_path: Path, mode: str
) -> None:
    (side,) = compared(call, lab, "--modes", mode).sides
    lab.write_text(LAB % (1 if mode == "isolated" else 0, mode))
    replayed = call("replay", "--lab", lab, "--out", tmp_path / "run", "--json")
    summary = json.loads(replayed.stdout)
    assert side.event_hash == summary["event_hash"]
    assert (side.commands, side.events) == (summary["commands"], summary["events"])
    assert msgspec.to_builtins(side.waterfall) == summary["waterfall"]
    assert msgspec.to_builtins(side.accounts) == summary["accounts"]
    assert msgspec.to_builtins(side.insurance_fund) == summary["insurance_fund"]
    assert side.watched[0].equity == summary["watched"][0]["equity"]
    assert side.all.liquidations == len(summary["liquidations"])


def waterfall_gap(side: Side) -> int:
    paid = {name: round(float(text) * 1e6) for name, text in _builtins(side.waterfall).items()}
    return paid.pop("loss") - sum(paid.values())


def _builtins(value: object) -> dict[str, str]:
    result: dict[str, str] = msgspec.to_builtins(value)
    return result


def test_who_paid_adds_up_in_every_mode(call: Call, lab: Path) -> None:
    sides = compared(call, lab, "--modes", "cross,isolated").sides
    assert [side.mode for side in sides] == ["cross", "isolated"]
    assert [waterfall_gap(side) for side in sides] == [0, 0]
    assert all(float(side.waterfall.loss) > 0 for side in sides)


def test_its_table_is_plain_where_there_is_no_terminal(call: Call, lab: Path) -> None:
    """No rule, nothing broken, and the digits of each column below each other."""
    title, head, *rows = call("compare", lab).stdout.splitlines()
    assert title.strip().endswith(" ticks")
    assert not set("│┃━╇─") & set("".join(rows))
    begin = next(n for n, row in enumerate(rows) if row.startswith("How far prices went"))
    table = [row for row in rows[:begin] if row]
    assert {len(row) for row in table} == {len(head)}
    first = head.index("isolated") + len("isolated")
    assert all(row[first - 1].isdigit() and row[first] == " " for row in table)


def test_beside_it_stand_range_and_volatility_of_each_contract(call: Call, lab: Path) -> None:
    lines = call("compare", lab).output.splitlines()
    begin = next(n for n, line in enumerate(lines) if line.startswith("How far prices went"))
    head, bitcoin, ether, *_ = lines[begin + 1 :]
    assert head.split()[-2:] == ["ATR", "volatility"]
    for symbol, line in (("BTCUSDT", bitcoin), ("ETHUSDT", ether)):
        row = compared(call, lab, "--modes", "cross").markets[symbol]
        assert line.split() == [
            symbol,
            *(grouped(price) for price in (row.first, row.last, row.low, row.high)),
            str(row.bar),
            f"{float(row.average_range or 0):.2%}",
            f"{float(row.volatility or 0):.0%}",
        ]
    assert "ATR is the average true range: the simple mean over all bars" in lines[-1]


def test_it_writes_a_page_and_its_data_and_replaces_only_them(
    call: Call, lab: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    assert call("compare", lab, "--out", out, "--quiet").output == ""
    first = {path.name: path.read_bytes() for path in out.iterdir()}
    assert sorted(first) == ["compare.html", "compare.json", "compare.svg"]
    (out / "mine.txt").write_text("kept")
    shown = call("compare", lab, "--out", out)
    assert str(out / "compare.html") in shown.output.replace("\n", "")
    assert {path.name: path.read_bytes() for path in out.iterdir()} == {
        **first,
        "mine.txt": b"kept",
    }
    assert msgspec.json.decode(first["compare.json"], type=Comparison) == compared(call, lab)
    text = first["compare.html"].decode()
    assert "trader under isolated" in text
    assert "trader under cross" in text
    assert "http://" not in text.split("<script type=")[1].replace("http://www.w3.org", "")


def test_files_are_taken_as_replay_takes_them(call: Call, demo: Path) -> None:
    files = sorted((demo / "ticks").iterdir())
    from_files = compared(call, "quickstart", *files, "--modes", "cross")
    assert [file.path for file in from_files.files] == [str(file) for file in files]
    own = compared(call, "quickstart", "--modes", "cross")
    assert [file.path for file in own.files] == [file.name for file in files]
    assert own.sides == from_files.sides
    assert own.markets == from_files.markets


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["bitmex-2018"], "makes no ticks of its own; name one or more tick files"),
        (["quickstrat"], "there is no lab of that name"),
        (
            ["quickstart", "--modes", "both"],
            "found 'both', expected one or more of isolated, cross",
        ),
        (["quickstart", "--modes", "cross,cross"], "found 'cross,cross'"),
        (["quickstart", "--modes", ""], "expected one or more"),
        (["quickstart", "nowhere.csv"], "nowhere.csv"),
        ([], "Missing argument 'LAB'"),
    ],
)
def test_a_wrong_argument_is_told(
    call: Call, tmp_path: Path, arguments: list[str], said: str
) -> None:
    result = call("compare", *arguments, "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert said in result.output
    assert not (tmp_path / "out" / "compare.html").exists()


def test_an_output_that_is_a_file_is_told_before_anything_runs(
    call: Call, lab: Path, tmp_path: Path
) -> None:
    for out in (lab, lab / "below"):
        result = call("compare", lab, "--out", out)
        assert result.exit_code == 2
        assert "ticks" not in result.output
        assert str(lab) in result.output


def test_by_venues_only_the_rules_change(call: Call, lab: Path, tmp_path: Path) -> None:
    result = compared(call, lab, "--venues", "textbook,binance")
    assert [(side.name, side.venue, side.mode) for side in result.sides] == [
        ("textbook", "textbook", None),
        ("binance", "binance", None),
    ]
    textbook, binance = result.sides
    assert textbook.watched[0].paid_in == binance.watched[0].paid_in == "2100"
    assert textbook.event_hash != binance.event_hash
    call("replay", "--lab", lab, "--out", tmp_path / "run")
    summary = json.loads((tmp_path / "run" / "summary.json").read_text())
    assert textbook.event_hash == summary["event_hash"]


def test_a_venue_without_the_contract_leaves_it_its_own_brackets(call: Call, lab: Path) -> None:
    own = lab.with_name("alt.toml")
    venue = Path("configs/venues/textbook.toml").read_text().replace("BTCUSDT", "XRPUSDT")
    lab.with_name("venue.toml").write_text(venue)
    text = lab.read_text().replace("BTCUSDT", "XRPUSDT")
    own.write_text(text.replace('venue = "textbook"', 'venue = "./venue.toml"'))
    assert [side.name for side in compared(call, own, "--venues", "binance").sides] == ["binance"]


def test_modes_and_venues_together_are_refused(call: Call) -> None:
    result = call("compare", "quickstart", "--modes", "cross", "--venues", "binance")
    assert result.exit_code == 2
    assert "--modes or --venues, not both" in result.output


@pytest.mark.parametrize("venues", ["", "binance,", "binance,binance"])
def test_a_list_of_venues_names_each_once(call: Call, venues: str) -> None:
    result = call("compare", "quickstart", "--venues", venues)
    assert result.exit_code == 2
    assert "names of venues, each once" in result.output
