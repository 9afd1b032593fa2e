"""Scenes are read strictly: every mistake is told with the file and the key that holds it."""

from fractions import Fraction
from pathlib import Path

import pytest

from engine.config.error import ConfigError
from engine.config.find import find
from engine.config.lab import load_lab
from engine.core.money import Micros
from engine.scenes.read import load_bill
from engine.scenes.setting import Expected, Moment, Search, Subject
from tests.scenes.small import SCENE

BILL = 'title = "Two"\nabout = "Of two."\nscenes = ["scenes/fall.toml", "scenes/again.toml"]\n'


def written(folder: Path, text: str = SCENE) -> Path:
    path = folder / "fall.toml"
    path.write_text(text)
    return path


def changed(found: str, replaced: str) -> str:
    assert found in SCENE
    return SCENE.replace(found, replaced, 1)


def test_a_scene_is_a_lab_with_a_claim(tmp_path: Path) -> None:
    path = written(tmp_path)
    bill = load_bill(str(path))
    assert bill is not None
    assert (bill.name, bill.title, len(bill.scenes)) == ("fall", "A fall", 1)
    (scene,) = bill.scenes
    assert scene.lab == load_lab(str(path))
    assert scene.modes == ("isolated", "cross")
    assert scene.accounts == scene.days == ("trader",)
    assert scene.moments == (Moment("on the way", 120_000_000),)
    trader = Subject("trader", "BTCUSDT")
    assert scene.expected == (
        Expected(subject=trader, figure="ended", mode="isolated", equal="liquidated"),
        Expected(subject=Subject("trader"), figure="equity", mode="cross", more_than="isolated"),
    )
    assert load_bill(str(path), alone=False) is None
    assert load_bill("quickstart") is None


def test_an_expectation_without_a_mode_is_one_for_each(tmp_path: Path) -> None:
    text = changed("expect = [", 'expect = [ { figure = "margin_calls", least = 1, most = "3" },')
    bill = load_bill(str(written(tmp_path, text)))
    assert bill is not None
    first, second = bill.scenes[0].expected[:2]
    assert [first.mode, second.mode] == ["isolated", "cross"]
    assert (first.least, first.most) == (Fraction(1), Fraction(3))


def test_searches_have_bounds_and_steps(tmp_path: Path) -> None:
    search = 'search = [{ account = "trader", find = "capital", step = "0.5", most = "2000" }]\n'
    bill = load_bill(str(written(tmp_path, changed("moments =", search + "moments ="))))
    assert bill is not None
    step, most = Micros(500_000), Micros(2_000_000_000)
    assert bill.scenes[0].searches == (Search("trader", "capital", step, most, 10),)


def test_a_bill_names_its_scenes_beside_it(tmp_path: Path) -> None:
    (tmp_path / "scenes").mkdir()
    for name in ("fall", "again"):
        (tmp_path / "scenes" / f"{name}.toml").write_text(SCENE)
    path = tmp_path / "two.toml"
    path.write_text(BILL)
    bill = load_bill(str(path), alone=False)
    assert bill is not None
    assert (bill.name, bill.title, bill.about) == ("two", "Two", "Of two.")
    assert [scene.name for scene in bill.scenes] == ["fall", "again"]
    with pytest.raises(ConfigError, match="several scenes, which `margincall replay` plays"):
        load_lab(str(path))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (BILL.replace("title", "tilte"), "tilte: unknown key; did you mean 'title'"),
        (BILL.replace('"scenes/again.toml"', '"none.toml"'), r"scenes\[2\]: found 'none.toml'"),
        (BILL.replace("again", "fall"), r"scenes\[2\]: there are two scenes of the name 'fall'"),
        ('title = "t"\nabout = "a"\nscenes = []\n', "scenes: is empty"),
        (BILL.replace("scenes/again", "plain"), "scene: this table is missing"),
    ],
)
def test_a_mistake_in_a_bill_is_told(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "scenes").mkdir()
    (tmp_path / "scenes" / "fall.toml").write_text(SCENE)
    (tmp_path / "plain.toml").write_text(find("labs", "quickstart").read_text())
    path = tmp_path / "two.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=said):
        load_bill(str(path))


@pytest.mark.parametrize(
    ("found", "replaced", "said"),
    [
        ('claim = "It is liquidated."', "", "scene.claim: this key is missing"),
        ("title =", 'name = "x"\ntitle =', "scene.name: unknown key"),
        ('"margin_calls"', '"margin_call"', r"scene.shows\[4\]: found 'margin_call'; did you mean"),
        ('"margin_calls"', '"zzz"', r"scene.shows\[4\]: found 'zzz'; there are: paid_in"),
        ('days = ["trader"]', 'days = ["tradr"]', r"scene.days\[1\]: .* mean 'trader'"),
        ("days =", 'accounts = ["x"]\ndays =', r"scene.accounts\[1\]: found 'x'; there are: tra"),
        ("days =", "modes = []\ndays =", "scene.modes: expected each mode"),
        ("days =", 'modes = ["cross", "cross"]\ndays =', "scene.modes: expected each mode"),
        ("days =", 'modes = ["isolated"]\ndays =', r"expect\[2\]: this scene is not played in"),
        ('"2m"', '"2 minutes"', "scene.moments.on the way: found '2 minutes'"),
        ("[path]", "[feed]\n[paths]", "paths: unknown key"),
        ('figure = "ended"', 'figure = "endet"', r"expect\[1\].figure: .* mean 'ended'"),
        ('contract = "BTCUSDT", f', "f", r"expect\[1\].contract: found ''; there are: BTCUSDT"),
        (
            '{ figure = "equity"',
            '{ moment = "x", figure = "equity"',
            "moment: equity is not of",
        ),
        ('{ figure = "equity"', '{ account = "x", figure = "equity"', "account: found 'x'; there"),
        ('is = "liquidated"', "least = 1", r"expect\[1\]: ended is a word; expected `is`"),
        (', is = "liquidated"', "", r"expect\[1\]: expects nothing; add is, least, most"),
        ('more_than = "isolated"', 'is = "much"', r"expect\[2\].is: found 'much'"),
        ('more_than = "isolated"', 'least = "much"', r"expect\[2\].least: found 'much'"),
        ('more_than = "isolated"', "least = 0.5", "found the float 0.5"),
        (
            "days =",
            'search = [{ account = "x", find = "capital", most = 1 }]\ndays =',
            r"scene.search\[1\].account: found 'x'",
        ),
        (
            "days =",
            'search = [{ account = "trader", find = "capital", step = 2, most = 1 }]\ndays =',
            r"scene.search\[1\].most: found 1, expected from 2",
        ),
        (
            "days =",
            'search = [{ account = "trader", find = "exposure", most = 1, times = 0 }]\ndays =',
            r"scene.search\[1\].times: found 0, expected from 1 to 1000",
        ),
    ],
)
def test_a_mistake_in_a_scene_is_told(tmp_path: Path, found: str, replaced: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said) as caught:
        load_bill(str(written(tmp_path, changed(found, replaced))))
    assert str(tmp_path / "fall.toml") in str(caught.value)


def test_a_scene_makes_its_own_ticks(tmp_path: Path) -> None:
    text = SCENE[: SCENE.index("[path]")]
    with pytest.raises(ConfigError, match="path: is missing; a scene makes its own ticks"):
        load_bill(str(written(tmp_path, text)))
