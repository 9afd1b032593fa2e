"""A whole lab on a real broker gives what the same lab gives in one process without any."""

from tests.kafka.lab import KafkaLab
from tests.support.embedded import replayed

LAB = "quickstart"


def test_the_hashes_are_those_of_a_run_without_a_bus(lab: KafkaLab) -> None:
    lab.create(LAB)
    lab.run(*lab.up(LAB))
    verdict = lab.verify()
    assert verdict["agrees"] is True
    assert verdict["repeated"] == 0
    expected = replayed(LAB, lab.folder)
    assert {key: verdict[key] for key in expected} == expected


def test_a_lab_that_was_stopped_goes_on_where_it_was(lab: KafkaLab) -> None:
    lab.create(LAB)
    first = lab.start("lab", "up", "--lab", LAB, "--data", str(lab.folder), "--pace", "20x")
    lab.heard(first, "has caught up")
    assert lab.end(first) == 0
    lab.run(*lab.up(LAB))
    verdict = lab.verify()
    assert verdict["agrees"] is True
    expected = replayed(LAB, lab.folder)
    assert {key: verdict[key] for key in expected} == expected
