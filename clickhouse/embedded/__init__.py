"""ClickHouse without a server: chDB, the whole engine in a process, behind ClickHouse's HTTP."""
