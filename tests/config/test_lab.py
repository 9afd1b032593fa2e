"""Labs and venues: those that ship, and every mistake with the key that it names."""

from pathlib import Path

import msgspec
import pytest

from engine.config.error import ConfigError
from engine.config.find import find, names
from engine.config.lab import load_lab
from engine.config.settings import AtMarginCall, Lab, LeverageShare, TopUp
from engine.config.venue import load_venue
from engine.core.instrument import Closing, IndexSource, IndexTerms, Refusal
from engine.core.money import AMOUNT_MAX, Micros

CONTRACT = """
[contracts.XUSDT]
tick = "0.1"
lot = "0.001"
price_max = "1000"
quantity_max = "1000"
depth = "sol-like"
brackets.rows = [{ floor = 0, rate = "0.005", leverage = 100 }]
"""
VENUE = f'[rules]\nmark = "last"\n{CONTRACT}'
LAB = 'venue = "venue.toml"\nseed = 1\nfund = "100"\n'


def lab(folder: Path, text: str, venue: str = VENUE) -> Lab:
    (folder / "venue.toml").write_text(venue)
    (folder / "lab.toml").write_text(text)
    return load_lab(str(folder / "lab.toml"))


def test_labs_and_venues_that_ship_are_read_and_survive_their_way_through_the_log() -> None:
    assert {"bitmex-2018", "quickstart"} <= set(names("labs"))
    assert {"binance", "bybit", "kraken", "okx", "textbook"} <= set(names("venues"))
    paths = [str(find("labs", name)) for name in names("labs") if name != "article"]
    paths += [str(path) for path in find("labs", "article").with_suffix("").glob("*.toml")]
    assert len(paths) > 12
    for path in paths:
        loaded = load_lab(path)
        assert msgspec.json.decode(msgspec.json.encode(loaded), type=Lab) == loaded
        for contract in loaded.venue.contracts:
            largest = contract.price_max * contract.quantity_max * contract.unit_value
            assert largest <= AMOUNT_MAX


def test_the_lab_changes_what_it_says_and_nothing_else(tmp_path: Path) -> None:
    loaded = lab(
        tmp_path,
        LAB + '[rules]\ntaker_fee = "0.0005"\n[contracts.XUSDT]\nlot = "0.01"\n',
    )
    plain = lab(tmp_path, LAB)
    assert (loaded.venue.rules.taker_fee_ppm, plain.venue.rules.taker_fee_ppm) == (500, 0)
    assert loaded.venue.rules.mark == plain.venue.rules.mark == "last"
    (ours,), (theirs,) = loaded.venue.contracts, plain.venue.contracts
    assert (ours.lot, theirs.lot) == ("0.01", "0.001")
    assert (ours.unit_value, theirs.unit_value) == (1_000, 100)
    assert ours.price_max == theirs.price_max == 10_000


def test_what_closes_and_its_chance_are_those_of_venue_and_lab(tmp_path: Path) -> None:
    rules = lab(tmp_path, LAB + '[rules.closing]\norder = "random"\n').venue.rules
    assert rules.closing == Closing(order="random")
    assert rules.seed == 1


def test_pools_of_the_fund_begin_with_what_the_lab_says(tmp_path: Path) -> None:
    loaded = lab(
        tmp_path,
        LAB + '[rules]\nfund_pools = "group"\nsettlement = "1d"\n[pools]\nalts = "7"\n'
        '[contracts.XUSDT]\ngroup = "alts"\n',
    )
    assert loaded.venue.funds() == {"alts": 7_000_000}
    assert loaded.venue.rules.settlement_us == 86_400_000_000


def test_the_index_of_a_contract_has_sources_and_terms(tmp_path: Path) -> None:
    terms = 'index = { sources = { b = 1, a = 2 }, outlier = "0.02", stale = "10s" }\n'
    loaded = lab(tmp_path, f"{LAB}[contracts.XUSDT]\n{terms}")
    assert loaded.venue.contracts[0].index == IndexTerms(
        sources=(IndexSource("a", 2), IndexSource("b", 1)), outlier_ppm=20_000, stale_us=10_000_000
    )
    with pytest.raises(ConfigError, match=r"index\.sources\.a: found 0, expected 1 or more"):
        lab(tmp_path, f"{LAB}[contracts.XUSDT]\nindex.sources = {{ a = 0 }}\n")


def test_the_marks_of_files_are_read_where_the_venue_goes_by_them(tmp_path: Path) -> None:
    marked = lab(tmp_path, LAB + '[rules]\nmark = "file"\ntrigger_price = "index"\n')
    assert (marked.feed.marks, marked.venue.rules.trigger_price) == (True, "index")
    assert lab(tmp_path, LAB).feed.marks is False


def test_limits_of_the_fund_are_those_of_the_lab(tmp_path: Path) -> None:
    text = '[rules.fund]\ndrawdown = "0.3"\ndrawdown_stop = "0.25"\naccount_loss_max = "5"\n'
    terms = lab(tmp_path, LAB + text).venue.rules.fund
    assert (terms.drawdown_ppm, terms.drawdown_stop_ppm) == (300_000, 250_000)
    assert (terms.drawdown_window_us, terms.account_loss_max) == (28_800_000_000, 5_000_000)


def test_a_venue_says_what_it_refuses_in_its_own_words(tmp_path: Path) -> None:
    table = '[rules.refusals.any]\nunchanged = { code = "-4046", says = "No need." }\n'
    assert lab(tmp_path, LAB + table).venue.rules.refusals == (
        Refusal("", "unchanged", "-4046", "No need."),
    )
    for wrong, message in (
        ("any]\nunheard", r"refusals\.any\.unheard: is no reason"),
        ("Dance]\nunchanged", r"refusals\.Dance: is no command; expected one of AddMargin"),
    ):
        text = f'[rules.refusals.{wrong} = {{ code = "1", says = "" }}\n'
        with pytest.raises(ConfigError, match=message):
            lab(tmp_path, LAB + text)
    with pytest.raises(ConfigError, match=r"refusals\.any\.unchanged\.code: is empty"):
        lab(tmp_path, LAB + table.replace("-4046", ""))


def test_a_finer_mark_tick_is_the_price_unit(tmp_path: Path) -> None:
    loaded = lab(tmp_path, LAB + '[contracts.XUSDT]\nmark_tick = "0.01"\n')
    (contract,) = loaded.venue.contracts
    assert (contract.price_unit, contract.tick, contract.unit_value) == ("0.01", 10, 10)


def test_scripted_accounts_are_in_the_units_of_their_contract(tmp_path: Path) -> None:
    loaded = lab(
        tmp_path,
        LAB
        + """
[[accounts]]
name = "alice"
deposit = "1000.5"
mode = "isolated"
orders = [{ contract = "XUSDT", side = "buy", quantity = "0.25", price = "99.5", after = "2s" }]
top_ups = [{ contract = "XUSDT", amount = "0.5", after = "3s" }]
""",
    )
    (alice,) = loaded.accounts
    (order,) = alice.orders
    assert alice.deposit == 1_000_500_000
    assert (order.quantity, order.price, order.after_us) == (250, 995, 2_000_000)
    assert alice.top_ups == (TopUp(contract="XUSDT", amount=Micros(500_000), after_us=3_000_000),)
    assert loaded.report.watch == ("alice",)


def test_what_accounts_do_at_a_margin_call_is_read(tmp_path: Path) -> None:
    text = """
add = "0.2"
cut = "0.3"
nothing = "0.5"
after = ["1s", "2m"]
times = 4
restore_to = "0.3"
kept_back = "0.25"
budget = 2
cut_share = 1
"""
    loaded = lab(tmp_path, LAB + CROWD + "[crowd.at_margin_call]" + text + ALICE + CALLED)
    assert loaded.crowd is not None
    assert loaded.crowd.at_margin_call == AtMarginCall(
        add_ppm=200_000,
        cut_ppm=300_000,
        after_low_us=1_000_000,
        after_high_us=120_000_000,
        times=4,
        restore_ppm=300_000,
        kept_back_ppm=250_000,
        budget_ppm=2_000_000,
        share_ppm=1_000_000,
    )
    (alice,) = loaded.accounts
    assert alice.at_margin_call == AtMarginCall(
        add_ppm=1_000_000, after_low_us=5_000_000, after_high_us=5_000_000
    )


ALICE = '[[accounts]]\nname = "alice"\ndeposit = "1"\nmode = "cross"\n'


def test_a_crowd_has_the_measured_mix_of_leverages_unless_it_says_otherwise(
    tmp_path: Path,
) -> None:
    silent = CROWD.replace('leverages = [{ low = 1, high = 2, share = "1" }]', "")
    measured = lab(tmp_path, LAB + silent).crowd
    named = lab(tmp_path, LAB + silent + 'leverages = "hyperliquid-2025"').crowd
    assert measured is not None
    assert measured == named
    assert [(row.low, row.high) for row in measured.leverages] == [(1, 3), (4, 7), (8, 40)]
    # Of equally rich accounts each row then holds its share of the notional.
    held = [row.share_ppm * (row.low + row.high) for row in measured.leverages]
    assert [round(1_000 * part / sum(held)) for part in held] == [363, 485, 152]
    assert sum(row.share_ppm for row in measured.leverages) == 1_000_000


def test_a_mix_of_ones_own_is_found_beside_the_lab(tmp_path: Path) -> None:
    text = CROWD.replace('[{ low = 1, high = 2, share = "1" }]', '"mine.toml"')
    rows = "rows = [{ low = 2, high = 2, share = '0.25' }, { low = 5, high = 9, share = '0.75' }]"
    (tmp_path / "mine.toml").write_text(f'of = "accounts"\n{rows}')
    loaded = lab(tmp_path, LAB + text).crowd
    assert loaded is not None
    assert loaded.leverages == (LeverageShare(2, 2, 250_000), LeverageShare(5, 9, 750_000))
    (tmp_path / "mine.toml").write_text(f'of = "accounts"\n{rows.replace("0.75", "0.7")}')
    with pytest.raises(ConfigError) as caught:
        lab(tmp_path, LAB + text)
    assert (caught.value.key, caught.value.file) == ("rows", str(tmp_path / "mine.toml"))
    with pytest.raises(ConfigError, match="no leverage of that name; there are: hyperliquid-2025"):
        lab(tmp_path, LAB + text.replace("mine.toml", "mine"))


CALLED = "at_margin_call = { add = 1, after = '5s' }"
CROWD = """
[crowd]
accounts = 2
equity_median = "1"
equity_max = "2"
enter = "1s"
leverages = [{ low = 1, high = 2, share = "1" }]
"""
COLUMNS = '[feed.columns.mine]\ntime = "t"\ntime_unit = "ms"\nprice = "p"\nsize = "s"\n'


@pytest.mark.parametrize(
    ("text", "key", "said"),
    [
        ("seed = 1\nfund = 1", "venue", "missing"),
        (LAB + "sed = 2", "sed", "did you mean 'seed'"),
        (LAB + "wholly_other = 2", "wholly_other", "known keys: accounts"),
        (LAB.replace("seed = 1", 'seed = "1"'), "seed", 'found "1", expected a'),
        (LAB.replace("seed = 1", "seed = -1"), "seed", "0 or more"),
        (LAB.replace('"100"', '"-1"'), "fund", "expected from 0"),
        (LAB + "[rules]\nmark = 'mid'", "rules.mark", 'of "last", "median"'),
        (LAB + "[rules.closing]\norder = 'first'", "rules.closing.order", 'found "first"'),
        (LAB + "[rules]\ntaker_fee = '0.5'", "rules.taker_fee", "to 0.1"),
        (LAB + "[rules]\nwarning_levels = [80, 50]", "rules.warning_levels[2]", "rising"),
        (
            LAB + "[rules]\nsocialized = 'none'\nsettlement = '1d'",
            "rules.settlement",
            "leave this key out",
        ),
        (
            LAB + "[rules.fund]\ndrawdown = '0.2'\ndrawdown_stop = '0.25'",
            "rules.fund.drawdown_stop",
            "at most the drawdown, 0.2",
        ),
        (LAB + "[pools]\nETHUSDT = '1'", "pools.ETHUSDT", "makes these: one without a name"),
        (LAB + "[contracts.Y]\ntick = '1'", "contracts.Y.lot", "missing"),
        (LAB + "[contracts.XUSDT]\nlot = '0.00000001'", "contracts.XUSDT", "make mark_tick"),
        (LAB + "[contracts.XUSDT]\nmark_tick = '0.03'", "contracts.XUSDT.tick", "the mark_tick"),
        (LAB + "[contracts.XUSDT]\nquantity_max = '10000000000'", "contracts.XUSDT", "smaller"),
        (LAB + "[contracts.XUSDT]\nprice_max = '0.05'", "contracts.XUSDT.price_max", "multiple"),
        (LAB + "[contracts.'A:B']\ntick = '1'", "contracts.A:B.lot", "missing"),
        (LAB + "[feed]\npace = 'fast'", "feed.pace", '"max", "realtime"'),
        (LAB + COLUMNS.replace('price = "p"\n', ""), "feed.columns.mine.price", "needs this"),
        (LAB + COLUMNS + 'header = ["t", "p"]', "feed.columns.mine.size", "no column 's'"),
        (LAB + COLUMNS + 'delimiter = "::"', "feed.columns.mine.delimiter", "one character"),
        (LAB + CROWD.replace('"1" }', '"0.9" }'), "crowd.leverages", "add up to 900000"),
        (LAB + CROWD + 'equity_tail = "0.51"', "crowd.equity_tail", "to 0.5"),
        (LAB + CROWD + "equity_tail_index = 0", "crowd.equity_tail_index", "from 0.1"),
        (LAB + CROWD.replace("low = 1", "low = 3"), "crowd.leverages[1].high", "3 or more"),
        (LAB + ALICE + ALICE, "accounts[2].name", "two accounts"),
        (LAB + ALICE.replace("alice", "a:b"), "accounts[1].name", "no colon"),
        (LAB + ALICE.replace("alice", "outside"), "accounts[1].name", "not `outside`"),
        (LAB + ALICE + "[report]\nwatch = ['bob']", "report.watch[1]", "there are: alice"),
        (LAB + "[report]\nsamples = 1", "report.samples", "10 or more"),
        (
            LAB + ALICE + "orders = [{ contract = 'Z', side = 'buy', quantity = 1 }]",
            "accounts[1].orders[1].contract",
            "there are: XUSDT",
        ),
        (
            LAB + ALICE + "orders = [{ contract = 'XUSDT', side = 'buy', quantity = '0.0001' }]",
            "accounts[1].orders[1].quantity",
            "the lot",
        ),
        (
            LAB + ALICE + "orders = [{ contract = 'XUSDT', side = 'up', quantity = 1 }]",
            "accounts[1].orders[1].side",
            'of "buy", "sell"',
        ),
        (
            LAB + ALICE + "top_ups = [{ contract = 'XUSDT', amount = 0, after = '1s' }]",
            "accounts[1].top_ups[1].amount",
            "expected from 0.000001",
        ),
        (
            LAB + ALICE + CALLED.replace("add = 1", "add = '0.7', cut = '0.4'"),
            "accounts[1].at_margin_call",
            "come to 1100000 parts per million, expected 1000000",
        ),
        (
            LAB + ALICE + CALLED.replace("add = 1", "add = '0.5', nothing = '0.4'"),
            "accounts[1].at_margin_call",
            "come to 900000 parts per million",
        ),
        (
            LAB + ALICE + CALLED.replace("'5s'", "'0s'"),
            "accounts[1].at_margin_call.after",
            "at least 1",
        ),
        (
            LAB + ALICE + CALLED.replace("'5s'", "['5s', '4s']"),
            "accounts[1].at_margin_call.after[2]",
            "at least 5000000",
        ),
        (
            LAB + ALICE + CALLED.replace("add = 1", "add = 1, kept_back = 1"),
            "accounts[1].at_margin_call.kept_back",
            "to 0.999999",
        ),
        (
            LAB + CROWD + CALLED.replace("add = 1", "add = 1, times = 0"),
            "crowd.at_margin_call.times",
            "1 or more",
        ),
        (
            LAB + ALICE + "top_ups = [{ contract = 'Z', amount = 1, after = '1s' }]",
            "accounts[1].top_ups[1].contract",
            "there are: XUSDT",
        ),
    ],
)
def test_a_mistake_names_its_key_and_what_was_expected(
    tmp_path: Path, text: str, key: str, said: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        lab(tmp_path, text)
    assert caught.value.file.endswith("lab.toml")
    assert (caught.value.key, said in caught.value.problem) == (key, True), caught.value


def test_a_mistake_in_the_venue_names_the_venues_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        lab(tmp_path, LAB, VENUE.replace('"0.005"', '"0.05"'))
    assert caught.value.file.endswith("venue.toml")
    assert caught.value.key == "contracts.XUSDT.brackets.rows[1].leverage"


def test_a_lab_without_contracts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="neither the lab nor its venue"):
        lab(tmp_path, LAB, '[rules]\nmark = "last"\n')


@pytest.mark.parametrize(
    ("book", "key", "said"),
    [
        ("bands = []", "bands", "is empty"),
        ('bands = [{ within = "0.1", notional = 1 }]', "bands[1].within", "expected 0"),
        (
            "bands = [{ within = 0, notional = 1 }, { within = 0, notional = 2 }]",
            "bands[2].within",
            "above the distance",
        ),
        (
            'bands = [{ within = 0, notional = 2 }, { within = "0.1", notional = 1 }]',
            "bands[2].notional",
            "cumulative",
        ),
        (
            "bands = [{ within = 0, notional = 1 }]\n"
            'regimes = [{ above = "0.001", scale = 1 }, { above = "0.001", scale = "0.1" }]',
            "regimes[2].above",
            "above that of the row before",
        ),
    ],
)
def test_a_book_out_of_order_is_refused(tmp_path: Path, book: str, key: str, said: str) -> None:
    (tmp_path / "book.toml").write_text(
        f'half_spread = "0.0001"\nlevels_per_band = 1\nhalf_life = "1s"\n{book}\n'
    )
    text = LAB + "[contracts.XUSDT]\ndepth = 'book.toml'"
    with pytest.raises(ConfigError) as caught:
        lab(tmp_path, text)
    assert (caught.value.key, said in caught.value.problem) == (key, True), caught.value


def test_a_venue_finds_its_book_in_its_own_folder(tmp_path: Path) -> None:
    (tmp_path / "venues").mkdir()
    book = find("books", "sol-like").read_text()
    (tmp_path / "venues" / "book.toml").write_text(book)
    venue = tmp_path / "venues" / "venue.toml"
    venue.write_text(VENUE.replace('depth = "sol-like"', 'depth = "book.toml"'))
    loaded = lab(tmp_path, LAB.replace('"venue.toml"', '"venues/venue.toml"'))
    assert loaded.venue.contracts[0].depth.half_spread_ppm == 65


def test_an_unknown_name_is_told_the_names_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"bitmex-2018, .*quickstart.*; or give"):
        find("labs", "quickstrat")
    with pytest.raises(ConfigError, match="no such file"):
        find("labs", str(tmp_path / "none.toml"))


def test_the_brackets_of_binance_are_those_that_it_published() -> None:
    table = load_venue(find("venues", "binance"))
    assert [row["deduction"] for row in table.contracts["BTCUSDT"]["brackets"]["rows"]] == [
        0, 50, 950, 11_450, 131_450, 481_450, 2_981_450, 14_481_450, 26_481_450, 41_481_450,
        121_481_450, 421_481_450,
    ]  # fmt: skip
