"""Devices as somebody else's Modbus server shows them: register contents in hex, and what they mean, by hand.

Contents are written as on the wire, from an address onwards. Integers: value / step, as two's complement. Floating
point: sign, exponent + 127 (double: + 1023), fraction: 1500 = 1.46484375 * 2^10 -> 0, 137, 0x3B8000 -> 44BB 8000.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from controller.meter.quantities import Role


@dataclass(frozen=True, kw_only=True)
class Device:
    """What a device shows, and what a meter in `role` has to read from it.

    Attributes:
        profile: Key of the profile.
        role: The meter's role.
        registers_in: Input registers: address -> words from there on.
        registers_hold: Holding registers, the same way.
        means: Attribute of the reading -> value; None where it has to be refused.
    """

    profile: str
    role: Role
    registers_in: dict[int, str] = field(default_factory=dict)
    registers_hold: dict[int, str] = field(default_factory=dict)
    means: dict[str, float | tuple[float, ...] | None]

    def __str__(self) -> str:
        return f"{self.profile}-{self.role}"


SDM630 = {
    0: "4366 0000 4365 8000 4367 0000",  # 230 V = 1.796875 * 2^7, 229.5 V, 231 V
    6: "4108 0000 4060 0000 3FA0 0000",  # 8.5 A = 1.0625 * 2^3, 3.5 A, 1.25 A: magnitudes
    12: "44FA 0000 C448 0000 4396 0000",  # 2000 W = 1.953125 * 2^10, -800 W, 300 W
    52: "44BB 8000",  # 1500 W
    70: "4248 0000",  # 50 Hz = 1.5625 * 2^5
    72: "4640 E600 45D4 2A00",  # 12345.5 kWh imported, 6789.25 kWh exported
}
ABB_WITHOUT_L2 = {
    23296: "0000 08FD FFFF FFFF 0000 08FB",  # 2301, no value, 2299 in 0.1 V
    23308: "0000 0219 FFFF FFFF 0000 0000",  # 537, no value, 0 in 0.01 A
    23316: "0001 E240",  # 123456 in 0.01 W
    23318: "0001 E240 7FFF FFFF 0000 0000",  # L2 has no value
    23340: "1386",  # 4998 in 0.01 Hz
    20480: "0000 0000 4996 02D2 FFFF FFFF FFFF FFFF",  # 1234567890 in 0.01 kWh; export is not counted
}
HUAWEI_GRID = {
    37101: "0000 0901 0000 08FA 0000 0907",  # 2305, 2298, 2311 in 0.1 V
    37107: "0000 00D9 0000 020A FFFF FFA9",  # 217, 522, -87 in 0.01 A, export positive
    37113: "0000 05DC",  # 1500 W exported
    37119: "0009 FBF1 0001 E240",  # 654321 exported, 123456 imported, in 0.01 kWh
    37132: "0000 01F4 0000 04B0 FFFF FF38",  # 500, 1200, -200 W exported
}
SUNGROW_BATTERY = {13022: "0283", 13026: "E240 0001"}  # 643 in 0.1 %; 123456 in 0.1 kWh, low word first

DEVICES = [
    Device(
        profile="eastron-sdm630",
        role=Role.GRID,
        registers_in=SDM630,
        means={
            "power_w": 1500,
            "phase_power_w": (2000, -800, 300),
            "current_a": (8.5, -3.5, 1.25),
            "voltage_v": (230, 229.5, 231),
            "frequency_hz": 50,
            "energy_wh": 12_345_500,
            "energy_back_wh": 6_789_250,
        },
    ),
    Device(
        profile="eastron-sdm630",  # the same at the battery: import charges it, the counters change places
        role=Role.BATTERY,
        registers_in=SDM630,
        means={
            "power_w": -1500,
            "phase_power_w": (-2000, 800, -300),
            "current_a": (-8.5, 3.5, -1.25),
            "energy_wh": 6_789_250,
            "energy_back_wh": 12_345_500,
        },
    ),
    Device(
        profile="carlo-gavazzi-em24",
        role=Role.GRID,
        registers_in={  # low word first
            0: "08FC 0000 08FD 0000 08FB 0000",  # 2300, 2301, 2299 in 0.1 V
            12: "10FC 0000 16DA 0000 0000 0000",  # 4348, 5850, 0 mA
            18: "D8F0 FFFF CB70 FFFF 0000 0000",  # -10000, -13456, 0 in 0.1 W: 0x100000000 - 0x2710, - 0x3490
            40: "A460 FFFF",  # -23456 in 0.1 W
            66: "D687 0012",  # 0x12D687 = 1234567 in 0.1 kWh
        },
        means={
            "power_w": -2345.6,
            "phase_power_w": (-1000, -1345.6, 0),
            "current_a": (-4.348, -5.85, 0),
            "voltage_v": (230, 230.1, 229.9),
            "energy_wh": 123_456_700,
            "energy_back_wh": None,
        },
    ),
    Device(
        profile="abb-b23",
        role=Role.GRID,
        registers_hold=ABB_WITHOUT_L2,
        means={
            "power_w": 1234.56,
            "phase_power_w": None,
            "current_a": None,
            "voltage_v": None,
            "frequency_hz": 49.98,
            "energy_wh": 12_345_678_900,
            "energy_back_wh": None,
        },
    ),
    Device(
        profile="siemens-pac2200",
        role=Role.GRID,
        registers_in={
            1: "4366 0000 4365 8000 4367 0000",
            13: "4060 0000 4060 0000 0000 0000",  # 3.5 A, 3.5 A, 0
            25: "C448 0000 C448 0000 0000 0000",  # -800 W, -800 W, 0
            65: "C4C8 0000",  # -1600 W = -1.5625 * 2^10
            801: "4132 D687 8000 0000",  # double: 1234567.5 Wh = 1.1773753... * 2^20
            809: "40F8 1CD4 0000 0000",  # double: 98765.25 Wh
        },
        means={
            "power_w": -1600,
            "current_a": (-3.5, -3.5, 0),
            "energy_wh": 1_234_567.5,
            "energy_back_wh": 98_765.25,
        },
    ),
    Device(
        profile="huawei-sun2000",
        role=Role.GRID,
        registers_hold=HUAWEI_GRID,
        means={
            "power_w": -1500,
            "phase_power_w": (-500, -1200, 200),
            "current_a": (-2.17, -5.22, 0.87),
            "voltage_v": (230.5, 229.8, 231.1),
            "energy_wh": 1_234_560,
            "energy_back_wh": 6_543_210,
        },
    ),
    Device(
        profile="huawei-sun2000",
        role=Role.BATTERY,
        registers_hold={
            37760: "036B",  # 875 in 0.1 %
            37765: "FFFF F63C",  # -2500 W: charging is positive, so it discharges
            37780: "0010 C8E0 000F 4240",  # 1100000 charged, 1000000 discharged, in 0.01 kWh
        },
        means={"power_w": 2500, "soc_pct": 87.5, "energy_wh": 10_000_000, "energy_back_wh": 11_000_000},
    ),
    Device(
        profile="huawei-sun2000",
        role=Role.PV,
        registers_hold={32064: "7FFF FFFF", 32108: "004C 4B40"},  # asleep; 5000000 in 0.01 kWh
        means={"power_w": 0, "energy_wh": 50_000_000},
    ),
    Device(
        profile="growatt-hybrid",
        role=Role.GRID,
        registers_in={1021: "0000 0000", 1029: "0000 8707", 1046: "0000 3039"},  # 0 in, 34567 out in 0.1 W; 12345
        means={"power_w": -3456.7, "energy_wh": 1_234_500},
    ),
    Device(
        profile="growatt-hybrid",
        role=Role.BATTERY,
        registers_in={1009: "0000 3039 0000 0019", 1014: "0037", 1054: "0000 000A"},  # 12345 out, 25 in; 55 %; 1 kWh
        means={"power_w": 1232, "soc_pct": 55, "energy_wh": 1000},
    ),
    Device(
        profile="sungrow-sh",
        role=Role.GRID,
        registers_in={  # low word first
            13009: "0708 0000",  # 1800 W exported
            13036: "3039 0000",  # 12345 in 0.1 kWh
            5018: "0900 08FC 0903",  # 2304, 2300, 2307 in 0.1 V
            5602: "FDA8 FFFF FC18 FFFF FF38 FFFF",  # -600, -1000, -200 W imported
        },
        means={
            "power_w": -1800,
            "phase_power_w": (-600, -1000, -200),
            "voltage_v": (230.4, 230, 230.7),
            "current_a": None,
            "energy_wh": 1_234_500,
        },
    ),
    Device(
        profile="sungrow-sh",  # older firmware: 1500 W without a sign, bit 1 of the state says "charging"
        role=Role.BATTERY,
        registers_in={13000: "0002", 13020: "001E 05DC", **SUNGROW_BATTERY},
        means={"power_w": -1500, "soc_pct": 64.3, "energy_wh": 12_345_600},
    ),
    Device(
        profile="sungrow-sh",  # the same, told by a negative current of -30
        role=Role.BATTERY,
        registers_in={13000: "0004", 13020: "FFE2 05DC", **SUNGROW_BATTERY},
        means={"power_w": -1500},
    ),
    Device(
        profile="sungrow-sh",  # discharging
        role=Role.BATTERY,
        registers_in={13000: "0004", 13020: "001E 05DC", **SUNGROW_BATTERY},
        means={"power_w": 1500},
    ),
    Device(
        profile="sungrow-sh",  # newer firmware: -1500 W with its sign, and the state says so as well
        role=Role.BATTERY,
        registers_in={13000: "0002", 13020: "FFE2 FA24", **SUNGROW_BATTERY},
        means={"power_w": -1500},
    ),
    Device(
        profile="e3dc-s10",
        role=Role.GRID,
        registers_hold={40073: "F63C FFFF"},  # low word first: -2500 W, fed in
        means={"power_w": -2500},
    ),
    Device(
        profile="e3dc-s10",
        role=Role.PV,
        registers_hold={40067: "1068 0000", 40075: "FCE0 FFFF"},  # 4200 W, and -800 W of a further inverter
        means={"power_w": 5000},
    ),
    Device(
        profile="e3dc-s10",
        role=Role.BATTERY,
        registers_hold={40069: "02BC 0000", 40082: "0051"},  # 700 W into it; 81 %
        means={"power_w": -700, "soc_pct": 81},
    ),
    Device(
        profile="victron-gx",
        role=Role.GRID,
        registers_in={820: "FE0C 00C8 FF9C"},  # -500, 200, -100 W
        means={"power_w": -400, "phase_power_w": (-500, 200, -100)},
    ),
    Device(
        profile="victron-gx",
        role=Role.PV,
        registers_in={808: "03E8 FFFF 0000 0000 0000 0000", 850: "07D0"},  # 1000 W, none, ...; 2000 W DC
        means={"power_w": 3000},
    ),
    Device(
        profile="victron-gx",
        role=Role.BATTERY,
        registers_in={842: "FB50 0040"},  # -1200 W: charging is positive; 64 %
        means={"power_w": 1200, "soc_pct": 64},
    ),
    Device(
        profile="sma-inverter",
        role=Role.PV,
        registers_in={30775: "8000 0000"},  # asleep
        registers_hold={30513: "0000 0000 02FA F080"},  # 50000000 Wh
        means={"power_w": 0, "energy_wh": 50_000_000},
    ),
    Device(
        profile="sma-home-manager-2",  # a grid meter without a value is no zero
        role=Role.GRID,
        registers_in={30865: "8000 0000 0000 04D2"},
        registers_hold={30581: "0000 2710 0000 4E20"},  # 10000 Wh, 20000 Wh
        means={"power_w": None, "energy_wh": 10_000, "energy_back_wh": 20_000},
    ),
    Device(
        profile="solis-hybrid-s",  # 1500 W, direction 0: it charges
        role=Role.BATTERY,
        registers_in={33135: "0000", 33139: "0032", 33149: "0000 05DC"},
        means={"power_w": -1500, "soc_pct": 50},
    ),
    Device(
        profile="deye-hybrid-1p",
        role=Role.GRID,
        # 169: -300 W; 78 and 80: 65535 + 65536 steps of 0.1 kWh, another counter between; 81: 0x0001 0001 = 65537
        registers_hold={169: "FED4", 78: "FFFF 0123 0001 0001 0001"},
        means={"power_w": -300, "energy_wh": 13_107_100, "energy_back_wh": 6_553_700},
    ),
]
