"""Topics of records between processes: over Apache Kafka, or in the memory of one process."""
