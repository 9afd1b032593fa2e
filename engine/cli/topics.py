"""`margincall topics`: make what a lab needs on the brokers."""

import asyncio
import json
from pathlib import Path

import click
import msgspec

from engine.bus.kafka_topics import create as create_topics
from engine.cli import where
from engine.cli.mistake import told
from engine.cli.secured import passwords, secured
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
        done = asyncio.run(create_topics(brokers, names, replicas, where.login()))
        if as_json:
            click.echo(json.dumps(msgspec.structs.asdict(done)))
            return
        for topic in names:
            click.echo(f"{topic}  {'made' if topic in done.made else 'was there'}")


@topics.command(short_help="Make a lab's users with the rights that each has.")
@where.named
@where.bots
@passwords
@where.bootstrap
@where.as_json
def secure(
    *,
    name: str,
    bots: tuple[str, ...],
    folder: Path | None,
    bootstrap: str | None,
    as_json: bool,
) -> None:
    """Make a lab's users on brokers that ask who is there, and give each its rights.

    The users are operator, feed, sequencer, engine, fanout and every bot. A bot may write its own
    commands, and read its own account and what is public, in groups of consumers that are called
    after it; it has a quota of each broker's bytes and time. May be run again, for more bots too;
    without --passwords it gives rights and quotas only, to users that are made otherwise.

    \b
    Example, as the brokers' own user:
      export MARGINCALL_SASL_USERNAME=broker MARGINCALL_SASL_PASSWORD_FILE=secrets/broker
      margincall topics secure --name quickstart --bot alice --passwords secrets
    """
    with told():
        brokers = where.brokers(bootstrap)
        lab, _ = where.topics_of(name, bots)
        grants = asyncio.run(secured(brokers, lab, bots, folder))
        if as_json:
            click.echo(json.dumps([msgspec.structs.asdict(grant) for grant in grants]))
            return
        for grant in grants:
            kind = "groups " if grant.kind == "group" else ""
            each = "*" if grant.prefixed else ""
            click.echo(f"{grant.user}  may {grant.right}  {kind}{grant.name}{each}")


@topics.command(short_help="Print what travels on the topics as an AsyncAPI document.")
def contract() -> None:
    """Print what travels on the topics as an AsyncAPI document, in YAML.

    It is made from the program's own structs; engine/services/asyncapi.yaml is this.
    """
    click.echo(as_yaml(asyncapi()), nl=False)
