"""Others' ways to do the worker's work, each a program for a Python of its own.

Peers pin older clients than Ningmai, so nothing here imports it: what a program works on comes in
``BENCH_*`` variables, what it measured goes to a file. Every one decodes Avro, counts each id once,
counts by minute and dimensions, and has every raw row acknowledged by ClickHouse.
"""
