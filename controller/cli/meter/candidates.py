"""Tries one profile on one unit."""

from __future__ import annotations

from dataclasses import dataclass

from controller.cli.meter.remembering import RememberingWire, Seen
from controller.cli.meter.score import Verdict, judge
from controller.domain.errors import DeviceError, DeviceRejected, DeviceTimeout
from controller.domain.ports import Clock
from controller.domain.readings import Reading
from controller.meter.connection import Connections, Endpoint
from controller.meter.device import Look, ModbusMeter, Wire
from controller.meter.formula import Register
from controller.meter.plan import plan
from controller.meter.profile import Profile
from controller.meter.quantities import Quantity, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A profile that reads power from a unit.

    Attributes:
        profile: The profile.
        endpoint: Where the unit is.
        unit_id: The unit.
        readings: What it says with this profile.
        verdict: How much it looks like a meter.
        accepted: Registers that the device gave.
    """

    profile: Profile
    endpoint: Endpoint
    unit_id: int
    readings: dict[Role, Reading]
    verdict: Verdict
    accepted: int

    @property
    def rank(self) -> tuple[int, bool, int, int, str]:
        """Sorts the best first.

        Of those that read equally well: the one at its usual unit id, the fuller one, the one with more siblings.
        """
        profile = self.profile
        usual = self.unit_id == profile.unit_id
        return (-self.verdict.score, not usual, -self.accepted, -len(profile.models), profile.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What a trial needs.

    Attributes:
        connections: The one connection.
        endpoint: Its other end.
        clock: The clock.
        timeout_s: Longest wait for an answer.
    """

    connections: Connections
    endpoint: Endpoint
    clock: Clock
    timeout_s: float

    def wire(self, unit_id: int, profile: Profile, seen: Seen) -> RememberingWire:
        """The way to a unit, asked as a profile's device wants to be."""
        unit = self.connections.unit(self.endpoint, unit_id, timeout_s=self.timeout_s, manners=profile.manners)
        return RememberingWire(unit, seen)


async def try_profile(bench: Bench, profile: Profile, unit_id: int, seen: Seen) -> Candidate | None:
    """What a unit says with a profile; None where it tells no power with it."""
    looks: dict[Role, Look] = {}
    for role in profile.usual_roles:
        wire = bench.wire(unit_id, profile, seen)
        try:
            if await _gives_power(wire, profile, role):
                meter = ModbusMeter(role=role, profile=profile, unit=wire, clock=bench.clock)
                look = await meter.look()
                if Quantity.POWER_W not in look.layout.missing:
                    looks[role] = look
        except DeviceTimeout:
            return None  # it does not even refuse, and each further question would cost as long
        except DeviceError:
            continue  # it knows nothing of this role
        finally:
            await wire.close()
    if not looks or all("the device refuses" in look.reading.refused.get("power_w", "") for look in looks.values()):
        return None
    asked = {(role, register) for role, look in looks.items() for register in _registers(look)}
    accepted = sum(1 for role, register in asked if _is_there(register, looks[role]))
    readings = {role: look.reading for role, look in looks.items()}
    return Candidate(
        profile=profile,
        endpoint=bench.endpoint,
        unit_id=unit_id,
        readings=readings,
        verdict=judge(
            readings,
            accepted=accepted,
            asked=len(asked),
            derived=[role for role, look in looks.items() if _is_sum_of_phases(look)],
        ),
        accepted=accepted,
    )


async def _gives_power(wire: Wire, profile: Profile, role: Role) -> bool:
    """Whether the registers of the power alone can be read: a foreign device mostly refuses them."""
    section = profile.section_for(role)
    if section is None:
        return False
    power = profile.sections[section][Quantity.POWER_W]
    blocks = plan(power.registers(), max_registers=profile.manners.max_registers, max_gap=0)
    for block in blocks:
        try:
            await wire.read(block.function, block.start, block.count)
        except DeviceRejected:
            return False
    return True


def _registers(look: Look) -> set[Register]:
    return {register for formula in look.layout.formulas.values() for register in formula.registers()}


def _is_sum_of_phases(look: Look) -> bool:
    """Whether the total has no register of its own."""
    formulas = look.layout.formulas
    if Quantity.POWER_W not in formulas or Quantity.PHASE_POWER_W not in formulas:
        return False
    return set(formulas[Quantity.POWER_W].registers()) <= set(formulas[Quantity.PHASE_POWER_W].registers())


def _is_there(register: Register, look: Look) -> bool:
    return all((register.function, address) in look.memory for address in range(register.address, register.end))
