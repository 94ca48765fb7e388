"""How events get in: the publisher, the replay of a bulletin, simulated traffic."""
