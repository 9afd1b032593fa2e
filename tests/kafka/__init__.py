"""The lab on a real Apache Kafka, started by these tests themselves."""
