"""`margincall topics`: make what a lab needs on the brokers."""

import asyncio
import json

import click
import msgspec

from engine.bus.kafka_topics import create as create_topics
from engine.cli import where
from engine.cli.mistake import told
from engine.config.lab import load_lab
from engine.services.contract import as_yaml, asyncapi


@click.group(short_help="Topics of a lab on Apache Kafka.")
def topics() -> None:
    """Topics of a lab on Apache Kafka."""


@topics.command(short_help="Make the topics of a lab; those that are there stay.")
@where.lab
@where.name
@where.bots
@where.bootstrap
@click.option(
    "--replicas", type=click.IntRange(1, 9), default=1, show_default=True, help="Copies of each."
)
@where.as_json
def create(
    *,
    lab_name: str,
    name: str | None,
    bots: tuple[str, ...],
    bootstrap: str | None,
    replicas: int,
    as_json: bool,
) -> None:
    """Make the topics of a lab, and those of bots; those that are there stay as they are.

    \b
    Example:
      margincall topics create --lab quickstart --bot alice --bootstrap localhost:9092
    """
    with told():
        brokers = where.brokers(bootstrap)
        _, names = where.topics_of(name or load_lab(lab_name).name, bots)
        done = asyncio.run(create_topics(brokers, names, replicas))
        if as_json:
            click.echo(json.dumps(msgspec.structs.asdict(done)))
            return
        for topic in names:
            click.echo(f"{topic}  {'made' if topic in done.made else 'was there'}")


@topics.command(short_help="Print what travels on the topics as an AsyncAPI document.")
def contract() -> None:
    """Print what travels on the topics as an AsyncAPI document, in YAML.

    It is made from the program's own structs; engine/services/asyncapi.yaml is this.
    """
    click.echo(as_yaml(asyncapi()), nl=False)
