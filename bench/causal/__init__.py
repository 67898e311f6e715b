"""What somebody could make of a day who sees only what has been: between our own core and perfect foresight."""
