"""Messages that are no commands, by hand: what has gone wrong on wires before, and then some.

`OF_BOTS`, `OF_OPERATOR` and `OF_FEED` are for the topics of commands, `admin` and `ticks`; all of
them but their fault are as they should be, so that it is the fault that is found. `FRAMES` are no
frames of ticks. What a venue refuses in its own words stands in `REFUSED` and `REFUSED_FRAMES`.
"""

from random import Random

import msgspec

from engine.bus.frame import encode as framed
from engine.core.command import TradeTick
from engine.core.money import Lots, Price

_pack = msgspec.msgpack.encode
ORDER = b'"order":"1","contract":"X","side":"buy","quantity":1'
NINES = b"9" * 400

_SHAPES = [
    b"",
    b" ",
    b"\x00",
    b"\xff\xfe",
    b"\xef\xbb\xbf{}",
    b"\x1f\x8b\x08\x00\x00",
    b"null",
    b"true",
    b"1",
    b'"PlaceOrder"',
    b"[]",
    b"[1,2]",
    b"{",
    b"}",
    b"{}",
    b'{"type"}',
    b'{"type":}',
    b"[" * 100_000,
    b'{"a":' * 1_000,
    b'{"a":[' * 600 + b"]}" * 600,
    b"{" + b" " * 5_000 + b"}",
]
"""No object at all, whoever says it."""
_OBJECTS = [
    b'{"type":null}',
    b'{"type":1}',
    b'{"type":["PlaceOrder"]}',
    b'{"type":"Nonsense"}',
    b'{"type":"placeorder"}',
    b'{"type":"PlaceOrder\\u0000"}',
    b'{"type":"TradeTick","contract":"X","price":1,"quantity":1,"side":"buy"}',
    b'{"type":"Genesis","version":"1","config":{},"files":[]}',
    b'{"type":"Positions","next":{},"at_us":1}',
    b'{"type":"PlaceOrder"}',
    b'{"type":"CancelOrder"}',
    b'{"type":{"type":"CancelOrder"}}',
    b'{"type":"CancelOrder","order":["1"]}',
    b'{"type":"CancelOrder","order":{"id":"1"}}',
    b'{"type":"CancelOrder","order":1}',
    b'{"type":"CancelOrder","order":null}',
    b'{"type":"CancelOrder","order":true}',
    b'{"type":"CancelOrder","order":"1"}x',
    b'{"type":"CancelOrder","order":"1"}{}',
    b"{'type':'CancelOrder','order':'1'}",
    b'{"type":"CancelOrder","order":"1",}',
    b'{"type":"CancelOrder","order":"\xff"}',
    b'{"type":"CancelOrder","order":"\xed\xa0\x80"}',
    b'{"type":"CancelOrder","order":"\xc0\xaf"}',
    b'{"type":"CancelOrder","order":"\\ud800"}',
    b'{"type":"CancelOrder","order":"\n"}',
    b'{"type":"CancelOrder","order":"' + b"1" * 65 + b'"}',
    b'{"type":"CancelOrder","order":"' + b"1" * 5_000 + b'"}',
    b'{"type":"CancelOrder","order":"1","order":"2"}',
    b'{"type":"CancelOrder","type":"CancelOrder","order":"2"}',
    b'{"type":"CancelOrder","order":"1:2","order":"2"}',
    b'{"type":"CancelOrder","order":"1","\\u006frder":"2"}',
    b'{"type":"Withdraw","amount":1.5}',
    b'{"type":"Withdraw","amount":1.0}',
    b'{"type":"Withdraw","amount":1e3}',
    b'{"type":"Withdraw","amount":1E+999999}',
    b'{"type":"Withdraw","amount":1E-999999}',
    b'{"type":"Withdraw","amount":-0.0}',
    b'{"type":"Withdraw","amount":NaN}',
    b'{"type":"Withdraw","amount":Infinity}',
    b'{"type":"Withdraw","amount":"1"}',
    b'{"type":"Withdraw","amount":01}',
    b'{"type":"Withdraw","amount":0x10}',
    b'{"type":"Withdraw","amount":1_000}',
    b'{"type":"Withdraw","amount":' + NINES + b"}",
    b'{"type":"Withdraw","amount":-' + NINES + b"}",
    b'{"type":"Withdraw","amount":' + b"9" * 4_000 + b"}",
    b'{"type":"Withdraw","amount":9007199254740992}',
    b'{"type":"Withdraw","amount":-9007199254740992}',
    b'{"type":"Withdraw","amount":18446744073709551616}',
    b'{"type":"Withdraw","amount":true}',
    b'{"type":"SetMarginMode","contract":"X","mode":"both"}',
    b'{"type":"SetLeverage","contract":"X","leverage":"10"}',
    b'{"type":"PlaceOrder",' + ORDER + b',"side":"up"}',
    b'{"type":"PlaceOrder",' + ORDER + b',"price":"1"}',
    b'{"type":"PlaceOrder",' + ORDER + b',"price":1E+999999}',
    b'{"type":"PlaceOrder",' + ORDER + b',"time_in_force":"day"}',
    b'{"type":"PlaceOrder",' + ORDER + b',"post_only":1}',
    b'{"type":"PlaceOrder",' + ORDER + b',"note":{}}',
    b'{"type":"PlaceOrder",' + ORDER + b',"note":1.5}',
    b'{"type":"PlaceOrder",' + ORDER + b',"note":' + NINES + b"}",
]
_NUMBERED = [
    b'{"type":"CancelOrder","order":"1","client_seq":0}',
    b'{"type":"CancelOrder","order":"1","client_seq":-1}',
    b'{"type":"CancelOrder","order":"1","client_seq":"2"}',
    b'{"type":"CancelOrder","order":"1","client_seq":true}',
    b'{"type":"CancelOrder","order":"1","client_seq":' + NINES + b"}",
    b'{"type":"CancelOrder","order":"1","client_seq":9007199254740992}',
]
_OF_OTHERS = [
    b'{"type":"CancelOrder","order":"1","account":"bob"}',
    b'{"type":"CancelOrder","order":"1","account":"outside"}',
    b'{"type":"CancelOrder","order":"1","account":"ALICE"}',
    b'{"type":"CancelOrder","order":"1","account":"alice "}',
    b'{"type":"CancelOrder","order":"1","account":""}',
    b'{"type":"CancelOrder","order":"1","account":null}',
    b'{"type":"CancelOrder","order":"1","account":1}',
    b'{"type":"CancelOrder","order":"1","account":"alice","account":"bob"}',
    b'{"type":"Deposit","account":"alice","amount":1}',
    b'{"type":"Deposit","amount":1}',
    b'{"type":"SettleContract","contract":"X"}',
]
_OF_NOBODY = [
    b'{"type":"CancelOrder","order":"1"}',
    b'{"type":"CancelOrder","order":"1","account":null}',
    b'{"type":"CancelOrder","order":"1","account":1}',
    b'{"type":"CancelOrder","order":"1","account":["alice"]}',
    b'{"type":"CancelOrder","order":"1","account":"' + b"a" * 65 + b'"}',
    b'{"type":"Deposit","amount":1}',
    b'{"type":"Deposit","account":"alice"}',
    b'{"type":"Deposit","account":"alice","amount":1.5}',
    b'{"type":"SettleContract"}',
    b'{"type":"SettleContract","contract":"X","price":"1"}',
    b'{"type":"Deposit","account":"alice","amount":1E+999999}',
    b'{"type":"Deposit","account":"alice","amount":"1"}',
]
_TIMES = [
    *(b"-1", b"9007199254740992", b"-9007199254740992", b'"5"', b"5.0", b"5e0", b"null", b"true"),
    *(b"1E+999999", NINES, b"[5]", b"{}", b"NaN"),
]


def _with(fields: bytes, value: bytes) -> bytes:
    """The object with more fields in front, unless it has none that could be found."""
    return value.replace(b"{", b"{" + fields + b",", 1)


OF_BOTS = (*_SHAPES, *_OBJECTS, *_NUMBERED, *_OF_OTHERS)
OF_OPERATOR = (
    *_SHAPES,
    *(_with(b'"account":"alice"', value) for value in _OBJECTS),
    *_OF_NOBODY,
)
OF_FEED = (
    *_SHAPES,
    *(_with(b'"account":"alice","at_us":5', value) for value in _OBJECTS),
    *(_with(b'"at_us":5', value) for value in _OF_NOBODY),
    *(
        b'{"type":"CancelOrder","order":"1","account":"alice","at_us":' + time + b"}"
        for time in _TIMES
    ),
    b'{"type":"CancelOrder","order":"1","account":"alice"}',
)
GOOD_OF_BOTS = b'{"type":"CancelOrder","order":"1"}'
GOOD_OF_OPERATOR = b'{"account":"alice","type":"CancelOrder","order":"1"}'
GOOD_OF_FEED = b'{"account":"alice","at_us":5,"type":"CancelOrder","order":"1"}'

REFUSED = [
    b'{"type":"CancelOrder","order":""}',
    b'{"type":"CancelOrder","order":"<script>alert(1)</script>"}',
    b'{"type":"CancelOrder","order":"=1+1"}',
    b'{"type":"CancelOrder","order":"\\u0000"}',
    b'{"type":"CancelOrder","order":"../../etc"}',
    b'{"type":"Withdraw","amount":0}',
    b'{"type":"Withdraw","amount":-1}',
    b'{"type":"Withdraw","amount":9007199254740991}',
    b'{"type":"SetLeverage","contract":"X","leverage":0}',
    b'{"type":"SetLeverage","contract":"X","leverage":-5}',
    b'{"type":"SetLeverage","contract":"","leverage":5}',
    b'{"type":"SetMarginMode","contract":"Y","mode":"cross"}',
    b'{"type":"PlaceOrder","order":"","contract":"X","side":"buy","quantity":1}',
    b'{"type":"PlaceOrder","order":"1","contract":"Y","side":"buy","quantity":1}',
    b'{"type":"PlaceOrder","order":"1","contract":"X","side":"buy","quantity":0}',
    b'{"type":"PlaceOrder","order":"1","contract":"X","side":"buy","quantity":-1}',
    b'{"type":"PlaceOrder","order":"1","contract":"X","side":"buy","quantity":9007199254740991}',
    b'{"type":"PlaceOrder","order":"1","contract":"X","side":"buy","quantity":1,"price":0}',
    b'{"type":"PlaceOrder","order":"1","contract":"X","side":"buy","quantity":1,"price":-9}',
]
"""Commands all right, of the bot alice; the venue refuses them."""


def _tick(at_us: int) -> TradeTick:
    return TradeTick(at_us=at_us, contract="X", price=Price(100), quantity=Lots(1), side="buy")


GOOD_FRAME = framed([_tick(1), _tick(2)])


def _frame(order: object, *groups: object) -> bytes:
    return _pack([order, list(groups)])


def _trades(
    *,
    tag: object = "TradeTick",
    contract: object = "X",
    at_us: object = (1,),
    price: object = (100,),
    quantity: object = (1,),
    side: object = ("buy",),
    more: tuple[object, ...] = (),
) -> list[object]:
    return [tag, contract, at_us, price, quantity, side, *more]


_NO_FRAMES: list[object] = [None, 5, 0.5, "frame", [], [[]], [[], []], [[0]], {"order": [0]}]
_NO_GROUPS: list[object] = [[], None, 5, "TradeTick", {}, [[]], ["TradeTick"]]
_NO_LOTS: list[object] = [[], [1, 1], ["1"], [1.0], {}]
_deep = b"\x91" * 100_000
FRAMES = [
    *(b"", b"\x00", b"\xc0", b"\xc1", b"\xc2", b"\x80", b"\x90", b"\xff", b"\xa3abc"),
    *(b"\xca\x7f\xc0\x00\x00", b"\xcb\x7f\xf8", b"\xc7\x05\x01", b"\xd4\x01\x00"),
    *(b"\xdd\xff\xff\xff\xff", b"\xdf\xff\xff\xff\xff", b"\xdb\xff\xff\xff\xff", b"\xc6\xff\xff"),
    *(b"{}", b'{"type":"TradeTick"}', b"\x1f\x8b\x08\x00\x00"),
    *(_deep, b"\x91" * 900 + b"\xc0", b"\x92\x91\x00" + _deep),
    *(GOOD_FRAME[:size] for size in (1, 2, 3, 5, 8, 13, 21, len(GOOD_FRAME) - 1)),
    *(GOOD_FRAME + b"\x00", GOOD_FRAME * 2, b"\x00" + GOOD_FRAME),
    *map(_pack, _NO_FRAMES),
    _pack([[0], [_trades()], []]) + b"\xc0",
    *(_frame(order, _trades()) for order in ([], [0, 0], [1], [-1], ["0"], [0.0], [None], [True])),
    *(_frame(order, _trades()) for order in ([2**40], [2**63], [[0]], None, 0, "0", {}, {0: 0})),
    *(_frame([0], group) for group in _NO_GROUPS),
    *(_frame([0], _trades(tag=tag)) for tag in ("Nonsense", "PlaceOrder", "Deposit", "", None, 5)),
    _frame([0], _trades(tag="T" * 100_000)),
    *(
        _frame([0], _trades(contract=name))
        for name in (None, 5, ["X"], b"X", "X" * 65, "X" * 9_000)
    ),
    *(_frame([0], _trades(at_us=times)) for times in ([], [1, 2], None, 1, ["1"], [1.0], [None])),
    *(_frame([0], _trades(at_us=[time])) for time in (-1, 2**53, 2**64 - 1, -(2**63))),
    *(_frame([0], _trades(price=prices)) for prices in ([], [1, 2], ["1"], [1.5], [None], [[1]])),
    *(_frame([0], _trades(price=[price])) for price in (float("nan"), float("inf"), True, b"1")),
    *(_frame([0], _trades(price=[price])) for price in (2**53, 2**63 - 1, 2**64 - 1, -(2**53))),
    *(_frame([0], _trades(quantity=[lots])) for lots in (2**53, 2**63 - 1, 2**64 - 1)),
    _frame([0], ["BookTick", "X", [1], [[[2**60, 1]]], [[]], [False]]),
    *(_frame([0], _trades(quantity=lots)) for lots in _NO_LOTS),
    *(_frame([0], _trades(side=sides)) for sides in ([], ["buy"] * 2, ["up"], [1], [None], "buy")),
    _frame([0], _trades()[:-1]),
    _frame([0, 1], _trades()),
    _frame([0], _trades(), _trades()),
    _frame([0, 1], _trades(), _trades(at_us=[1, 2])),
    _frame([0], ["BookTick", "X", [1], [[[1]]], [[]], [False], [0]]),
    b"\x00" * 900_001,
]
REFUSED_FRAMES = [
    *(_frame([0], _trades(price=[price])) for price in (0, -5, 2**53 - 1)),
    *(_frame([0], _trades(quantity=[lots])) for lots in (0, -5, 1 - 2**53)),
    *(_frame([0], _trades(contract=name)) for name in ("", "Y", "X\x00", "<b>", "X" * 64)),
]
"""Frames all right, with a tick that the venue refuses."""

SPLICES = (
    *(b"\x00", b"\xff", b"\xc1", b"\xed\xa0\x80", b"\\ud800", b'"', b"{", b"}", b"[", b"]", b":"),
    *(b",", b"null", b"-", b"1E+999999", b"0.1", NINES, b'"account":"bob",', b'{"a":' * 99),
    *(b"\xcb\x7f\xf8\x00\x00\x00\x00\x00\x00", b"\xdd\xff\xff\xff\xff", b"\xcf" + b"\xff" * 8),
)


def spoilt(dice: Random, value: bytes) -> bytes:
    """The value with a few places changed, cut out, doubled or filled with something nasty."""
    data = bytearray(value)
    for _ in range(dice.randrange(1, 4)):
        at = dice.randrange(len(data) + 1)
        to = min(len(data), at + dice.randrange(6))
        match dice.randrange(4):
            case 0:
                data[at:to] = dice.choice(SPLICES)
            case 1:
                del data[at:to]
            case 2:
                data[at:at] = data[at:to]
            case _:
                data[at:to] = dice.randbytes(to - at)
    return bytes(data)
