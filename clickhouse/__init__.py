"""Every table and view, and the engine that serves them where there is no cluster."""
