"""What travels on a lab's topics as an AsyncAPI document, made from the structs themselves.

It is written for who trades: what they may send, and what they can hear. YAML is written here as
far as this document needs it: maps, lists and JSON's own scalars.
"""

import json
from typing import Any, get_args

import msgspec

from engine.core import event
from engine.services.inbox import CLIENT_SEQ, OF_OPERATOR, BotCommand, OperatorCommand
from engine.services.market_data import BookTop, Mark
from engine.services.public import FundMoved, Liquidation, Trade

ASYNCAPI = "3.1.0"
INT_MAX = 2**53 - 1
_REF = "#/components/schemas/{name}"
_STAMPED = ("account", "at_us")
"""What the venue puts into a bot's command itself."""

_OF_ACCOUNT = tuple(
    kind for kind in get_args(event.AnyEvent) if "account" in kind.__struct_fields__
)
_TOLD: dict[str, tuple[str, str, tuple[type, ...]]] = {
    "account": ("account.{bot}", "What happened to a bot, for it alone.", _OF_ACCOUNT),
    "trades": ("trades", "Every trade, by contract.", (Trade,)),
    "liquidations": ("liquidations", "Every forced order, by contract.", (Liquidation,)),
    "fund": ("fund", "The insurance fund whenever it changed.", (FundMoved,)),
    "book": ("book", "The best prices, by contract.", (BookTop,)),
    "mark": ("mark", "Last, index and mark, by contract.", (Mark,)),
}
_SENT: dict[str, tuple[str, str, tuple[type, ...]]] = {
    "commands": ("commands.{bot}", "What a bot says.", get_args(BotCommand)),
    "admin": ("admin", "What the operator says, of any account or contract.", OF_OPERATOR),
}


def asyncapi() -> dict[str, Any]:
    """The document."""
    channels = {**_SENT, **_TOLD}
    kinds = {kind.__name__: kind for _, _, each in channels.values() for kind in each}
    schemas = _schemas(tuple(kinds.values()))
    return {
        "asyncapi": ASYNCAPI,
        "info": {
            "title": "margincall",
            "version": "1.0.0",
            "description": (
                "Topics of a lab on Apache Kafka. Prices are in price units, quantities in lots, "
                "money in micros, times in UTC microseconds; every integer stays below 2^53. "
                "Readers pass over fields that they do not know."
            ),
        },
        "defaultContentType": "application/json",
        "channels": {name: _channel(*told) for name, told in channels.items()},
        "operations": {
            **{f"send-{name}": _operation("send", name) for name in _SENT},
            **{f"receive-{name}": _operation("receive", name) for name in _TOLD},
        },
        "components": {
            "messages": {
                name: {"name": name, "payload": {"$ref": _REF.format(name=name)}} for name in kinds
            },
            "schemas": schemas,
        },
    }


def _channel(what: str, description: str, kinds: tuple[type, ...]) -> dict[str, Any]:
    address = f"{{lab}}.{what}.v1"
    names = {"lab": "The lab's name on its brokers.", "bot": "The bot's account."}
    return {
        "address": address,
        "description": description,
        "parameters": {
            name: {"description": told} for name, told in names.items() if f"{{{name}}}" in address
        },
        "messages": {
            kind.__name__: {"$ref": f"#/components/messages/{kind.__name__}"} for kind in kinds
        },
    }


def _operation(action: str, channel: str) -> dict[str, Any]:
    return {"action": action, "channel": {"$ref": f"#/channels/{channel}"}}


def _schemas(kinds: tuple[type, ...]) -> dict[str, Any]:
    _, components = msgspec.json.schema_components(kinds, ref_template=_REF)
    schemas: dict[str, Any] = {name: _bounded(each) for name, each in sorted(components.items())}
    for kind in get_args(OperatorCommand):
        stamped = ("at_us",) if kind in OF_OPERATOR else _STAMPED
        schemas[kind.__name__] = _said(schemas[kind.__name__], stamped)
    return schemas


def _said(schema: dict[str, Any], stamped: tuple[str, ...]) -> dict[str, Any]:
    """A command as it is sent, without what the venue stamps on it."""
    properties = {name: each for name, each in schema["properties"].items() if name not in stamped}
    if "account" in stamped:
        number = {"type": "integer", "format": "int64", "minimum": 1, "maximum": INT_MAX}
        properties[CLIENT_SEQ] = number
    required = [name for name in schema["required"] if name not in stamped]
    return {**schema, "properties": properties, "required": required}


def _bounded(schema: Any) -> Any:
    """The schema with every integer as one of 64 bits, in the range that all readers keep."""
    if isinstance(schema, list):
        return [_bounded(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    result = {name: _bounded(each) for name, each in schema.items()}
    if result.get("type") == "integer":
        result = {"minimum": -INT_MAX, "maximum": INT_MAX, **result, "format": "int64"}
    return result


def as_yaml(value: Any, indent: int = 0) -> str:
    """Maps and lists of JSON as YAML, in block style.

    >>> print(as_yaml({"a": [1, {"b": "c"}], "d": {}}), end="")
    "a":
      - 1
      - "b": "c"
    "d": {}
    """
    pad = "  " * indent
    if isinstance(value, dict) and value:
        return "".join(
            f"{pad}{json.dumps(key)}:{_below(each, indent)}" for key, each in value.items()
        )
    lines = (
        as_yaml(each, indent + 1) if _nested(each) else f"{pad}  {json.dumps(each)}\n"
        for each in value
    )
    return "".join(f"{pad}- {line[len(pad) + 2 :]}" for line in lines)


def _nested(value: Any) -> bool:
    return isinstance(value, dict | list) and bool(value)


def _below(value: Any, indent: int) -> str:
    if _nested(value):
        return "\n" + as_yaml(value, indent + 1)
    return f" {json.dumps(value)}\n"
