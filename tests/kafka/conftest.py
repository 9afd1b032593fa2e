"""One broker for all tests; each takes a lab of its own on it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kafka.broker import Broker
from tests.kafka.jars import NoBroker
from tests.kafka.lab import KafkaLab


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A broker that runs; skips where there cannot be one, which is a failure in CI."""
    yield from running(tmp_path_factory.mktemp("kafka"))


PASSWORD = "of-the-brokers-own-user"


@pytest.fixture(scope="session")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A broker of the profile `secure`; its own user's password is `PASSWORD`."""
    yield from running(tmp_path_factory.mktemp("guarded"), PASSWORD)


def running(folder: Path, password: str | None = None) -> Iterator[Broker]:
    """A broker that is stopped in the end."""
    try:
        broker = Broker(folder, password)
        broker.start()
    except NoBroker as error:
        pytest.skip(str(error))
    yield broker
    broker.stop()


@pytest.fixture
def lab(broker: Broker, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[KafkaLab]:
    """A lab of its own name on the broker; what still runs is killed in the end."""
    lab = KafkaLab(broker.bootstrap, request.node.name[:64], tmp_path)
    yield lab
    lab.close()
