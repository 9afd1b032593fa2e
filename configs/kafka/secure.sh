#!/usr/bin/env bash
# Start a broker of the profile `secure` in the image of Apache Kafka: its own settings, those of
# secure.properties behind them, and its own user in the folder that it makes the first time.
set -euo pipefail

here=$(dirname "$0")
settings=/opt/kafka/config/server.properties
first_user=/tmp/first-user
MARGINCALL_BROKER_PASSWORD=$(< /secrets/broker/password)
export MARGINCALL_BROKER_PASSWORD

cat - "$here/secure.properties" > "$settings" << SETTINGS
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@localhost:9093
listeners=CLIENT://:9092,HOST://:19092,CONTROLLER://localhost:9093
advertised.listeners=CLIENT://$(hostname):9092,HOST://127.0.0.1:$MARGINCALL_HOST_PORT
log.dirs=/data/log
auto.create.topics.enable=false
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
SETTINGS

umask 077
printf -- '--add-scram\nSCRAM-SHA-256=[name=broker,password=%s]\n' "$MARGINCALL_BROKER_PASSWORD" \
    > "$first_user"
/opt/kafka/bin/kafka-storage.sh format --ignore-formatted "@$first_user" \
    -t bWFyZ2luY2FsbC1zZWN1cmU -c "$settings"
rm "$first_user"
exec /opt/kafka/bin/kafka-server-start.sh "$settings"
