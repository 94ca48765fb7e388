"""What an event costs: Ningmai's worker, idiomatic Faust and the limits, side by side."""
