"""``ningmai simulate``."""

from ningmai.cli.options import DataDir, Rate, Seed, reached


def simulate(rate: Rate = 20, seed: Seed = 1, data_dir: DataDir = None) -> None:
    """Publish simulated traffic at the present time until Ctrl-C.

    It has the proportions of September 2020 and plausible hours and weekdays. Every event says
    that it is simulated; no bulletin, cumulative figure or reconciliation counts it.

        ningmai simulate --rate 200 --seed 7
    """
    from ningmai.simulation import run_until_interrupted

    sent = run_until_interrupted(reached(data_dir), rate, seed)
    print(f"{sent:,} simulated events published.")
