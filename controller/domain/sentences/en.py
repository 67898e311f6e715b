"""English."""

from __future__ import annotations

from controller.domain.sentences.speech import Sentence, Speech

_SENTENCES: dict[str, Sentence] = {
    "sun": Sentence(
        "sun: {surplus_w:kW} surplus",
        "the limit follows the surplus; charging ends when it stays below {need_w:kW}",
    ),
    "cloud": Sentence(
        "cloud: {surplus_w:kW} surplus, need {need_w:kW}",
        "charging takes a surplus of {need_w:kW}",
    ),
    "no_sun": Sentence(
        "too little sun: {surplus_w:kW} surplus, need {need_w:kW}",
        "starts when the surplus stays at {need_w:kW} or more",
    ),
    "min_on": Sentence(
        "{why}; has just started, may stop in {in_s:s}",
        "stops in {in_s:s} if nothing changes; {why:change}",
    ),
    "min_off": Sentence(
        "{why}; has just stopped, may start in {in_s:s}",
        "starts in {in_s:s} if nothing changes",
    ),
    "window": Sentence(
        "off-peak window until {until:word}",
        "lasts until {until:word}",
    ),
    "outside_window": Sentence(
        "outside the off-peak windows, next one {next:day}",
        "starts with the next window, {next:day}",
    ),
    "window_energy": Sentence(
        "off-peak window until {until:word}, {got_wh:kWh} of {energy_wh:kWh}",
        "lasts until {until:word}, or until the car has got {energy_wh:kWh}",
    ),
    "window_spent": Sentence(
        "the car has got the {energy_wh:kWh} of this off-peak window, next one {next:day}",
        "starts with the next window, {next:day}",
    ),
    "fixed": Sentence(
        "fixed current of {current_a} A",
        "stays until the car is full or unplugged, or another strategy is chosen",
    ),
    "plugin": Sentence(
        "{strategy}: {says}",
        "when {strategy} says otherwise",
    ),
    "price_low": Sentence(
        "cheap until {until}: a kWh costs {price_per_kwh:.3f} ({than:word} {than_per_kwh:.3f})",
        "lasts until {until}",
    ),
    "price_cheapest": Sentence(
        "in the {hours:g} cheapest hours before {before}, until {until}: a kWh costs {price_per_kwh:.3f}",
        "lasts until {until}",
    ),
    "price_bridged": Sentence(
        "a kWh costs {price_per_kwh:.3f} ({than:word} {than_per_kwh:.3f}), but going on is cheaper than another start",
        "lasts until {until}",
    ),
    "price_high": Sentence(
        "too dear: a kWh costs {price_per_kwh:.3f}; the next cheap hour: {next:word}",
        "starts with the next cheap hour: {next:word}",
    ),
    "price_unknown": Sentence(
        "the price of the grid's energy is not known",
        "starts when prices are known, in a cheap hour",
    ),
    "price_leaves_room": Sentence(
        "{why}; {left_kwh:.1f} kWh are left to the sun to come",
        "{why:change}",
    ),
    "price_stale": Sentence(
        "{why}; newer prices could not be had",
        "{why:change}, unless newer prices say otherwise",
    ),
    "ready_charges": Sentence(
        "{missing_kwh:.1f} of {kwh:.1f} kWh missing until {by}: {current_a} A",
        "charges until {until} as planned, or until nothing is missing",
    ),
    "ready_waits": Sentence(
        "{why}; {missing_kwh:.1f} kWh for {by} planned from {next}",
        "charges from {next} as planned; {why:change}",
    ),
    "ready_short": Sentence(
        "only {there_kwh:.1f} of {kwh:.1f} kWh ({there_pct:.0f} %) can be there by {by}: {current_a} A",
        "charges at once until {by}; more takes a later time, or less to be wanted",
    ),
    "starts_soon": Sentence(
        "{why}, starts in {in_s:s}",
        "starts in {in_s:s} if nothing changes",
    ),
    "stops_soon": Sentence(
        "{why}, stops in {in_s:s}",
        "stops in {in_s:s} if nothing changes; {why:change}",
    ),
    "dark": Sentence(
        "{why}, but none of it is sun: the PV meter has shown nothing for minutes",
        "charging for the sun takes a PV meter that shows some",
    ),
    "expected": Sentence(
        "{why}, {expected_w:kW} expected",
        "what counts is the surplus when a command works, {expected_w:kW} by now; {why:change}",
    ),
    "weighs_start": Sentence(
        "{why}; starts within {in_s:s} if it stays so",
        "starts within {in_s:s} if it stays so: when the sun that is missed outweighs a start",
    ),
    "weighs_stop": Sentence(
        "{why}; stops within {in_s:s} if it stays so",
        "stops within {in_s:s} if it stays so: when what the grid gives outweighs another start; {why:change}",
    ),
    "calm": Sentence(
        "{why}; {current_a} A would suit, and is not worth a command yet",
        "changes to {current_a} A when that has been worth a command",
    ),
    "pacing": Sentence(
        "{why}; the box takes the next change in {in_s:s}",
        "the change is made in {in_s:s} if it is still wanted then",
    ),
    "budget": Sentence(
        "{why}; write budget spent, the next change in {in_s:s}",
        "the change is made in {in_s:s} if it is still wanted then",
    ),
    "fuse": Sentence(
        "main fuse: {house_a:.1f} A of {fuse_a:.0f} A in use by the house, leaves {current_a} A",
        "the car gets more when the house needs less of the {fuse_a:.0f} A",
    ),
    "fuse_held": Sentence(
        "main fuse: {current_a} A until it has left more for {for_s:s}",
        "the car gets more when the fuse has left more for {for_s:s}",
    ),
    "fuse_unwatched": Sentence(
        "the main fuse cannot be watched, {missing:word}: at most {current_a} A",
        "the car gets more when the fuse can be watched again",
    ),
    "no_headroom": Sentence(
        "{limit_by:word} allows {current_a} A, less than the {min_a} A a car needs",
        "starts when {limit_by:word} allows {min_a} A",
    ),
    "no_car": Sentence(
        "no car is plugged in",
        "waits for a car",
    ),
    "car_paused": Sentence(
        "the car takes no current (full, or paused by itself)",
        "waits until the car takes current",
    ),
    "car_asleep": Sentence(
        "the car takes no current since the start and seems asleep: woken in {in_s:s}",
        "is woken in {in_s:s} if it has not drawn by then",
    ),
    "car_waking": Sentence(
        "waking the car by a stop and a start, try {tries}",
        "ends when the car takes current",
    ),
    "car_wont_wake": Sentence(
        "the car takes no current, and is not woken any more, after {wakes} times, {tries} in vain",
        "waits until the car takes current, or is plugged in anew",
    ),
    "limit_ignored": Sentence(
        "{why}; the wallbox does not follow {limit_a} A, {flows_a:.0f} A flow: off",
        "starts when {flows_a:.0f} A are wanted, or to try whether it follows",
    ),
    "limit_ignored_soon": Sentence(
        "{why}; the wallbox does not follow {limit_a} A, {flows_a:.0f} A flow: off in {in_s:s}",
        "stops in {in_s:s} if less is still wanted than flows",
    ),
    "limit_ignored_held": Sentence(
        "{why}; the wallbox does not follow {limit_a} A, {flows_a:.0f} A flow: held",
        "ends when the wallbox follows the limit",
    ),
    "limit_ignored_off": Sentence(
        "{why}; the wallbox does not follow {limit_a} A, {flows_a:.0f} A would flow: tried again in {in_s:s}",
        "is tried again in {in_s:s}, or when {flows_a:.0f} A are wanted",
    ),
    "limit_ignored_capped": Sentence(
        "{why}; the wallbox does not follow {limit_a} A, {flows_a:.0f} A would flow: it stays off",
        "starts when {flows_a:.0f} A are allowed",
    ),
    "meter_stale": Sentence(
        "no grid reading for {age_s:s}: fallback {fallback:word}",
        "ends with the next grid reading",
    ),
    "strategy_failed": Sentence(
        "strategy {strategy} failed ({what}): fallback {fallback:word}",
        "ends when {strategy} answers again",
    ),
    "meter_awaited": Sentence(
        "waiting for a grid reading",
        "goes on with the next grid reading",
    ),
    "box_awaited": Sentence(
        "waiting for the wallbox's state",
        "waits for the wallbox's answer",
    ),
    "box_fault": Sentence(
        "the wallbox says {state}: see its own page",
        "waits until the wallbox is well; often a replug or a restart helps",
    ),
    "box_down": Sentence(
        "{error}; next try in {in_s:s}",
        "waits for the wallbox's answer, next try in {in_s:s}",
    ),
    "box_refuses": Sentence(
        "{why}; the wallbox will not, next try in {in_s:s}",
        "is tried again in {in_s:s} if it is still wanted then",
    ),
    "box_locked": Sentence(
        "{error}",
        "nothing is tried again until the fault is mended and Sunpace restarted",
    ),
    "battery_unknown": Sentence(
        "the home battery's meter is silent: what it gives is not taken for sun",
        "waits until the battery's meter answers",
    ),
    "battery_spared": Sentence(
        "{why}, as far as {left_w:kW} of sun reach: the home battery is spared",
        "the car gets more with more sun, or when the battery is empty or held; else with use_battery = true",
    ),
    "battery_held": Sentence(
        "{why}, but the home battery would feed the car; {left_w:kW} of sun, need {need_w:kW}",
        "starts with {need_w:kW} of sun, or when the battery is empty or held; else with use_battery = true",
    ),
    "curtailed": Sentence(
        "feed-in is limited to {limit_w:kW}, there may be hidden sun: tries {current_a} A",
        "goes on if the sun carries it, and is taken back if it does not",
    ),
    "starts_spent": Sentence(
        "started {starts} times today, as often as starts_per_day allows; again in {in_s:s}",
        "starts in {in_s:s} if it is still wanted then",
    ),
    "cap": Sentence(
        "limited by {by:who} until {until:word}: at most {current_a} A",
        "the car gets more when the limit ends or is lifted",
    ),
    "cap_stops": Sentence(
        "limited by {by:who} until {until:word}: {current_a} A, less than the {min_a} A a car needs",
        "starts when the limit ends or allows {min_a} A",
    ),
    "cap_kept": Sentence(
        "{why}; its file cannot be read any more, so it is kept",
        "{why:change}, once its file is mended or removed",
    ),
    "cap_unreadable": Sentence(
        "the file of the limit from outside cannot be read: at most {current_a} A",
        "the car gets more when the file is mended or removed",
    ),
    "paused": Sentence(
        "paused by hand until {until:word}",
        "goes on after {until:word}, or with sunpace resume",
    ),
    "boost": Sentence(
        "boost by hand: {current_a} A until {until:word}",
        "ends after {until:word}, or with sunpace resume",
    ),
    "boost_energy": Sentence(
        "boost by hand: {current_a} A for {left_kwh:.1f} kWh more, until {until:word} at the latest",
        "ends after {left_kwh:.1f} kWh, after {until:word}, or with sunpace resume",
    ),
    "wanted_soon": Sentence(
        "{why}; wanted again in {in_s:s}, so it stays on",
        "goes on in {in_s:s} if nothing changes",
    ),
    "ends_soon": Sentence(
        "{why}; over in {in_s:s}, which is not worth a start",
        "starts if it is still wanted in {in_s:s}",
    ),
    "off": Sentence(
        "charging is switched off",
        "starts when another strategy is chosen, or with sunpace boost",
    ),
    "minimum": Sentence(
        "never below {min_a} A, and the sun on top: {surplus_w:kW} surplus",
        "the limit follows the surplus, down to {min_a} A",
    ),
    "minimum_only": Sentence(
        "{min_a} A: the home battery's meter is silent, so nothing counts as sun",
        "more when the battery's meter answers",
    ),
    "fixed_power": Sentence(
        "fixed power of {power_w:kW}, phases in use: {phases}",
        "stays until the car is full or unplugged, or another strategy is chosen",
    ),
    "fixed_power_low": Sentence(
        "fixed power of {power_w:kW}, less than the {need_w:kW} a car needs, phases in use: {phases}",
        "starts with a power_w of {need_w:kW} or more",
    ),
    "fixed_until": Sentence(
        "{why}, until {until:word}",
        "ends {until:word}",
    ),
    "fixed_energy": Sentence(
        "{why}, {left_kwh:.1f} kWh to go",
        "ends after {left_kwh:.1f} kWh; {why:change}",
    ),
}

SPEECH = Speech(
    sentences=_SENTENCES,
    words={
        "nobody": "somebody outside",
        "main_fuse": "the main fuse",
        "box_maximum": "the wallbox's own maximum",
        "grid_phases": "the grid's phases are missing",
        "always": "further notice",
        "price_limit": "limit",
        "feed_in": "feed-in earns",
        "price_zero": "free up to",
        "not_known": "not known yet",
        "pv_power": "the PV power is missing",
        "not_in_sight": "not within a year",
    },
    point=".",
    hours="h",
    days=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    clock="{day} {time}",
    date="%Y-%m-%d",
)
