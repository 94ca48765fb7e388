"""``ningmai screen``."""

from ningmai.cli.options import DataDir, reached


def screen(data_dir: DataDir = None) -> None:
    """Serve the leaders' dashboards to browsers, without Grafana, until Ctrl-C.

    ``ningmai up`` serves them too; this is for the screens alone. It asks ClickHouse as the user
    grafana: the one that NINGMAI_CLICKHOUSE names, or the one of the data folder, which is started
    for it if need be. NINGMAI_SCREEN_PORT is the port.
    """
    from grafana.screen.serve import serve
    from ningmai.doing import OnScreen
    from ningmai.stack.ports import answers
    from ningmai.stack.stack import ensure_clickhouse

    settings = reached(data_dir)
    if answers(settings.host, settings.screen_port):
        print(f"Port {settings.screen_port} answers already: look at {settings.screen_url}")
        return
    with ensure_clickhouse(settings, OnScreen()):
        print(f"The screens are at {settings.screen_url}; Ctrl-C ends them.")
        serve(settings)
