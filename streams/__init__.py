"""From a Kafka fetch to rows in ClickHouse."""
