"""Requests of the Kafka protocol that aiokafka does not have: rights, passwords and quotas.

Their layout is that of `MetadataRequest.json` (version 8, the first that tells rights) and
`AlterUserScramCredentialsRequest.json` and `AlterClientQuotasRequest.json` (version 0) of
apache/kafka, in its folder of messages.
"""

from collections.abc import Mapping
from typing import Any

from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import (
    Array,
    Boolean,
    CompactArray,
    CompactBytes,
    CompactString,
    Float64,
    Int8,
    Int16,
    Int32,
    Schema,
    String,
    TaggedFields,
)

_text = String("utf-8")
_compact = CompactString("utf-8")


class _TopicsToldV8(Response):  # type: ignore[misc]  # aiokafka has no types
    API_KEY = 3
    API_VERSION = 8
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        ("brokers", Array(("id", Int32), ("host", _text), ("port", Int32), ("rack", _text))),
        ("cluster_id", _text),
        ("controller_id", Int32),
        (
            "topics",
            Array(
                ("error_code", Int16),
                ("name", _text),
                ("is_internal", Boolean),
                (
                    "partitions",
                    Array(
                        ("error_code", Int16),
                        ("partition", Int32),
                        ("leader", Int32),
                        ("leader_epoch", Int32),
                        ("replicas", Array(Int32)),
                        ("isr", Array(Int32)),
                        ("offline", Array(Int32)),
                    ),
                ),
                ("operations", Int32),
            ),
        ),
        ("cluster_operations", Int32),
    )


class _TopicsAskedV8(RequestStruct):  # type: ignore[misc]
    API_KEY = 3
    API_VERSION = 8
    RESPONSE_TYPE = _TopicsToldV8
    SCHEMA = Schema(
        ("topics", Array(_text)),
        ("makes_missing", Boolean),
        ("with_cluster_operations", Boolean),
        ("with_operations", Boolean),
    )


class TopicsAsked(Request[_TopicsAskedV8]):  # type: ignore[misc]
    """Which of these topics are there, and what may be done with each."""

    API_KEY = 3

    def __init__(self, names: list[str]) -> None:
        self._names = names

    def build(self, request_struct_class: Any) -> Any:
        """The request in a version that the broker takes."""
        return request_struct_class(self._names, False, False, True)


class _PasswordsSetV0(Response):  # type: ignore[misc]
    API_KEY = 51
    API_VERSION = 0
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "results",
            CompactArray(
                ("user", _compact),
                ("error_code", Int16),
                ("error_message", _compact),
                ("tags", TaggedFields),
            ),
        ),
        ("tags", TaggedFields),
    )


class _PasswordsToSetV0(RequestStruct):  # type: ignore[misc]
    FLEXIBLE_VERSION = True
    API_KEY = 51
    API_VERSION = 0
    RESPONSE_TYPE = _PasswordsSetV0
    SCHEMA = Schema(
        (
            "deletions",
            CompactArray(("user", _compact), ("mechanism", Int8), ("tags", TaggedFields)),
        ),
        (
            "upsertions",
            CompactArray(
                ("user", _compact),
                ("mechanism", Int8),
                ("iterations", Int32),
                ("salt", CompactBytes),
                ("salted_password", CompactBytes),
                ("tags", TaggedFields),
            ),
        ),
        ("tags", TaggedFields),
    )


class PasswordsToSet(Request[_PasswordsToSetV0]):  # type: ignore[misc]
    """Salted passwords of users, each `(user, mechanism, iterations, salt, salted)`."""

    API_KEY = 51

    def __init__(self, rows: list[tuple[str, int, int, bytes, bytes]]) -> None:
        self._rows = rows

    def build(self, request_struct_class: Any) -> Any:
        """The request in the one version that there is."""
        return request_struct_class([], [(*row, {}) for row in self._rows], {})


_ENTITY = Array(("type", _text), ("name", _text))


class _QuotasSetV0(Response):  # type: ignore[misc]
    API_KEY = 49
    API_VERSION = 0
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        ("entries", Array(("error_code", Int16), ("error_message", _text), ("entity", _ENTITY))),
    )


class _QuotasToSetV0(RequestStruct):  # type: ignore[misc]
    API_KEY = 49
    API_VERSION = 0
    RESPONSE_TYPE = _QuotasSetV0
    SCHEMA = Schema(
        (
            "entries",
            Array(
                ("entity", _ENTITY),
                ("ops", Array(("key", _text), ("value", Float64), ("removes", Boolean))),
            ),
        ),
        ("validates_only", Boolean),
    )


class QuotasToSet(Request[_QuotasToSetV0]):  # type: ignore[misc]
    """What users may take of the brokers: for each the figures of its quota by their names."""

    API_KEY = 49

    def __init__(self, quotas: Mapping[str, Mapping[str, int]]) -> None:
        self._quotas = quotas

    def build(self, request_struct_class: Any) -> Any:
        """The request in the one version that is asked."""
        entries = [
            ([("user", user)], [(name, float(value), False) for name, value in quota.items()])
            for user, quota in self._quotas.items()
        ]
        return request_struct_class(entries, False)
