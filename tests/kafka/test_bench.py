"""The bench gives figures of a real broker, and a lab that is not far from an echo."""

import json

from click.testing import CliRunner

from engine.cli.main import main
from tests.kafka.broker import Broker


def test_the_bench_measures_what_it_says(broker: Broker) -> None:
    arguments = ["bench", "kafka", "--bootstrap", broker.bootstrap, "--json"]
    few = ["--ticks", "20000", "--orders", "5000", "--round-trips", "100"]
    done = CliRunner().invoke(main, [*arguments, *few])
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    rates = ["ticks_sent", "ticks_read", "orders_sent", "orders_read"]
    rates += ["ticks_through", "orders_through"]
    assert all(found[name] > 0 for name in rates)
    assert 0 < found["echo"]["p50_us"] <= found["echo"]["p99_us"]
    assert 0 < found["order_to_event"]["p50_us"] <= found["order_to_event"]["p99_us"]
    assert found["order_to_event_apart"]["p50_us"] > 0
    assert 0 < found["p50_ratio"] < 5
    assert 0 < found["through_of_sent"] < 1
    cost = found["cpu_of_an_order"]
    assert 0 < cost["core_us"] < 1.5 * cost["engine_us"], "the core is a part of the engine"
    assert cost["sequencer_us"] < cost["engine_us"], "only the engine has a venue to keep"
    assert found["orders_at_most"] == int(1e6 / cost[f"{found['limited_by']}_us"])
