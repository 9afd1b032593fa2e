"""The bench gives figures of a real broker, and a lab that is not far from an echo."""

import json

from click.testing import CliRunner

from engine.cli.main import main
from tests.kafka.broker import Broker


def test_the_bench_measures_what_it_says(broker: Broker) -> None:
    arguments = ["bench", "kafka", "--bootstrap", broker.bootstrap, "--json"]
    few = ["--ticks", "20000", "--orders", "2000", "--round-trips", "100"]
    done = CliRunner().invoke(main, [*arguments, *few])
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    rates = ["ticks_sent", "ticks_read", "orders_sent", "orders_read"]
    rates += ["ticks_through", "orders_through"]
    assert all(found[name] > 0 for name in rates)
    assert 0 < found["echo"]["p50_us"] <= found["echo"]["p99_us"]
    assert 0 < found["order_to_event"]["p50_us"] <= found["order_to_event"]["p99_us"]
    assert 0 < found["p50_ratio"] < 20
