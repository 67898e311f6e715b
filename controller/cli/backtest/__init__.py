"""`sunpace backtest`: the core against recorded or generated days."""
