"""A day played without sockets and without waiting: whoever steers, on the reference plant, and what came of it."""
