"""One broker for all tests; each takes a lab of its own on it."""

from collections.abc import Iterator

import pytest

from tests.kafka.broker import Broker
from tests.kafka.jars import NoBroker


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A broker that runs; skips where there cannot be one, which is a failure in CI."""
    try:
        broker = Broker(tmp_path_factory.mktemp("kafka"))
        broker.start()
    except NoBroker as error:
        pytest.skip(str(error))
    yield broker
    broker.stop()
