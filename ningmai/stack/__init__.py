"""Kafka, the schema registry, ClickHouse and the worker on one machine, without Docker."""
