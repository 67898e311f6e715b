"""What following the sun is worth: a kWh of it is the unit; pure.

At a solar share s a kWh from the grid costs s / (1 - s) kWh of sun: then the minimum is worth drawing as soon as the
fraction s of it is sun, and so is each further amp.
"""

from __future__ import annotations

_LEAST_REST = 0.01
"""Of the share: at s = 1 the grid would cost infinitely much, and a watt too many could never be made good."""


def worth_w(draws_w: float, surplus_w: float, solar_share: float) -> float:
    """What drawing so much is worth against drawing nothing, W of sun; negative where the grid costs more.

    Args:
        draws_w: The car's power, W.
        surplus_w: Of it so much may be sun, W; none where negative.
        solar_share: s, above 0, at most 1.
    """
    if surplus_w >= draws_w:
        return draws_w
    sun_w = surplus_w if surplus_w > 0.0 else 0.0
    rest = 1.0 - solar_share
    return (sun_w - solar_share * draws_w) / (rest if rest > _LEAST_REST else _LEAST_REST)


def best_a(surplus_w: float, watts_per_amp: float, solar_share: float, least_a: int, most_a: int) -> int:
    """The whole amps that are worth most, of those that charge: the last one is given when the share s of it is sun.

    Args:
        surplus_w: What may be sun, W.
        watts_per_amp: Power of an amp on every phase in use, W.
        solar_share: s, above 0, at most 1.
        least_a: The smallest current that charges, A.
        most_a: The largest allowed, A, not below the smallest.
    """
    whole_a = int(surplus_w / watts_per_amp + 1.0 - solar_share) if surplus_w > 0.0 else 0
    if whole_a < least_a:
        return least_a
    return most_a if whole_a > most_a else whole_a


def solar_share_of(import_price: float, feed_in_price: float, otherwise_price: float) -> float:
    """The solar share at which charging now costs what it costs another time; prices per kWh.

    A kWh from the grid costs `import_price`, one from the roof what it would have earned, and one that is not charged
    now `otherwise_price`: the night tariff, or the charger at work.

    Raises:
        ValueError: The last is not between the others: then the sun is never, or always, the dearer way.
    """
    if feed_in_price >= import_price:
        dear = "is dearer than" if feed_in_price > import_price else "costs as much as"
        raise ValueError(
            f"otherwise_price says nothing where feed-in ({feed_in_price:g}) {dear} import ({import_price:g}): the sun "
            "is better sold than charged; correct the prices of [site], or give solar_share instead"
        )
    if otherwise_price <= feed_in_price:
        raise ValueError(
            f"otherwise_price = {otherwise_price:g} is not above feed-in ({feed_in_price:g}): charging now would pay "
            "at no share of sun; give solar_share instead"
        )
    if otherwise_price >= import_price:
        raise ValueError(
            f"otherwise_price = {otherwise_price:g} is not below import ({import_price:g}): charging now would pay "
            "without any sun; give solar_share instead"
        )
    return (import_price - otherwise_price) / (import_price - feed_in_price)
