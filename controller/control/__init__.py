"""The pure core (decide) and the loop around it."""
