"""``ningmai down``."""

from ningmai.cli.options import DataDir, settings_of


def down(data_dir: DataDir = None) -> None:
    """Stop what ``ningmai up`` runs on the data folder, in order, and wait for its end.

    Nothing that was acknowledged is lost; the next ``ningmai up`` goes on from there.
    """
    from ningmai.stack import control

    settings = settings_of(data_dir)
    stopped = control.down(settings)
    print("Stopped." if stopped else f"Nothing was running on {settings.data_dir}.")
