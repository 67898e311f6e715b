"""The reference plant follows commands as the design says."""

import pytest

from controller.control.clock import WallClock
from controller.simulation.plant import CarOptions, LivePlant, Plant, PlantSettings
from controller.simulation.trace import Trace

FLAT = Trace(times_s=(0.0, 86400.0), pv_w=(5000.0, 5000.0), load_w=(300.0, 300.0))


class Ticking(WallClock):
    """A clock that is moved by hand."""

    now_s = 0.0

    def monotonic_s(self) -> float:
        return self.now_s


def plant(**settings: float) -> Plant:
    return Plant(FLAT, 0.0, PlantSettings(**settings))  # type: ignore[arg-type]


@pytest.mark.parametrize("step_s", [1.0, 5.0, 0.5])
def test_a_start_works_after_ten_seconds_and_draws_after_twenty(step_s: float) -> None:
    car = plant(step_s=step_s)
    car.command(10, charging=True)
    seen = {}
    for second in range(1, 41):
        car.advance(second)
        seen[second] = car.current_a
    assert seen[15] == 0
    assert seen[19] == 0
    assert seen[20] == 6
    if step_s <= 1:
        assert [seen[s] for s in (21, 22, 24, 30)] == [7, 8, 10, 10]
    assert car.energy.starts == 1


def test_down_and_off_within_one_step_after_the_dead_time() -> None:
    car = plant()
    car.command(16, charging=True)
    car.advance(100)
    assert car.current_a == 16
    car.command(8, charging=True)
    car.advance(109)
    assert car.current_a == 16
    car.advance(110)
    assert car.current_a == 8
    car.command(8, charging=False)
    car.advance(120)
    assert car.current_a == 0


def test_energy_is_split_into_sun_and_grid() -> None:
    car = plant(dead_time_s=0.0, waking_s=0.0)
    car.command(10, charging=True)
    car.advance(3604)
    # 6900 W against 4700 W of surplus; four seconds of ramp
    assert car.energy.solar_kwh == pytest.approx(4.7, abs=0.01)
    assert car.energy.grid_kwh == pytest.approx(2.2, abs=0.01)
    assert car.energy.ev_kwh == car.energy.solar_kwh + car.energy.grid_kwh


@pytest.mark.parametrize(("phases", "ev_w"), [(1, 2300), (3, 6900)])
def test_powers_add_up(phases: int, ev_w: float) -> None:
    car = plant(phases=phases)
    car.command(10, charging=True)
    car.advance(100)
    assert car.ev_w == ev_w
    assert car.grid_w == 300 + ev_w - 5000
    assert sum(car.grid_phase_w) == pytest.approx(car.grid_w)


@pytest.mark.parametrize(
    ("box_phases", "car_phases", "in_use"), [(3, 1, 1), (3, 2, 2), (3, 3, 3), (3, None, 3), (1, 3, 1)]
)
def test_a_car_may_use_fewer_phases_than_the_box_has(box_phases: int, car_phases: int | None, in_use: int) -> None:
    car = Plant(FLAT, 0.0, PlantSettings(phases=box_phases, car=CarOptions(phases=car_phases)))
    idle_w = car.grid_phase_w
    car.command(10, charging=True)
    car.advance(100)
    assert car.ev_w == 2300 * in_use
    assert car.phase_current_a == (10.0,) * in_use + (0.0,) * (3 - in_use)
    risen_w = [after - before for after, before in zip(car.grid_phase_w, idle_w, strict=True)]
    assert risen_w == pytest.approx([2300.0] * in_use + [0.0] * (3 - in_use))


@pytest.mark.parametrize(
    ("settings", "current_a"),
    [
        (CarOptions(max_a=9.5), 9.5),
        (CarOptions(max_a=20.0), 12),
        (CarOptions(leaves_a=1.0), 11),
        (CarOptions(max_a=4.0), 4),
        (CarOptions(overdraw_a=1.0), 13),
        (CarOptions(overdraw_a=1.0, max_a=12.5), 12.5),
    ],
)
def test_a_car_may_draw_less_than_it_is_offered_or_more(settings: CarOptions, current_a: float) -> None:
    car = Plant(FLAT, 0.0, PlantSettings(car=settings))
    car.command(12, charging=True)
    car.advance(100)
    assert car.current_a == current_a


def test_a_cyclic_day_repeats() -> None:
    day = Trace(times_s=(0.0, 100.0), pv_w=(0.0, 100.0), load_w=(1.0, 1.0))
    car = Plant(day, 0.0, PlantSettings(), cyclic=True)
    car.advance(250)
    assert car.pv_w == pytest.approx(50)


def test_a_car_that_takes_so_much_is_full_then_and_draws_nothing() -> None:
    car = plant()
    assert not car.full
    car.fill(1.0)
    car.command(16, charging=True)
    car.advance(3600)
    assert car.full
    assert car.current_a == 0
    assert car.energy.ev_kwh == pytest.approx(1.0, abs=0.004)  # to the step in which it is full
    car.fill(float("inf"))
    car.advance(3660)
    assert car.current_a == 16
    assert car.energy.starts == 1


def test_without_a_plug_no_current_flows_and_nothing_commanded_before_works_after() -> None:
    car = plant()
    car.command(16, charging=True)
    car.advance(100)
    car.command(8, charging=True)
    car.plug(plugged=False)
    assert (car.plugged, car.current_a) == (False, 0)
    car.command(16, charging=True)
    car.advance(200)
    assert car.current_a == 0
    car.plug(plugged=False)
    car.plug(plugged=True)
    car.advance(300)
    assert car.current_a == 0


def test_followers_see_every_step_and_may_command() -> None:
    clock = Ticking()
    car = plant()
    live = LivePlant(car, clock)
    seen: list[float] = []

    def follow() -> None:
        seen.append(car.now_s)
        if len(seen) == 5:
            car.command(10, charging=True)

    live.follow(follow)
    clock.now_s = 60.0
    assert live.now().current_a == 10
    assert seen == list(range(1, 61))
