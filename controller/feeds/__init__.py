"""What comes from outside the house: prices and forecasts, from files or over HTTP."""
