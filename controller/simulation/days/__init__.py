"""Days of our own: sun, sky and household by a seed, and the figures by which they resemble recorded ones."""
