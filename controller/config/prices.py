"""The table `[prices]`: where it is known from what a kWh from the grid costs, and when."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator

from controller.config.base import FilePath, Table
from controller.domain.web_address import address_fault

_NEEDS = {
    "file": ("file",),
    "awattar": ("country",),
    "energy-charts": ("bidding_zone",),
    "tibber": (),
    "octopus": ("product", "tariff"),
}
_EXAMPLES = {
    "file": 'file = "/etc/sunpace/prices.toml"',
    "country": 'country = "de"',
    "bidding_zone": 'bidding_zone = "DE-LU"',
    "product": 'product = "AGILE-24-10-01"',
    "tariff": 'tariff = "E-1R-AGILE-24-10-01-C"',
}
_OWN = ("file", "country", "bidding_zone", "product", "tariff")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


def _is_code(text: str) -> str:
    if not _CODE.fullmatch(text):
        raise ValueError("is no such code: letters, digits and - are")
    return text


Code = Annotated[str, AfterValidator(_is_code)]


class Prices(Table):
    """The table `[prices]`."""

    source: Literal["file", "awattar", "energy-charts", "tibber", "octopus"]
    file: FilePath | None = None
    country: Literal["de", "at"] | None = None
    bidding_zone: Code | None = None
    product: Code | None = None
    tariff: Code | None = None
    url: str | None = None
    plain_http: bool = False
    token: Annotated[SecretStr, Field(min_length=1)] | None = None
    token_file: FilePath | None = None
    factor: float = Field(default=1, ge=0, le=10)
    surcharge_per_kwh: float = Field(default=0, ge=-10, le=100)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        needed = _NEEDS[self.source]
        here = f'source = "{self.source}"'
        for key in _OWN:
            given = getattr(self, key) is not None
            if given and key not in needed:
                raise ValueError(f"{key} and {here} do not go together")
            if not given and key in needed:
                raise ValueError(f"{key} is missing: {here} needs it, such as {_EXAMPLES[key]}")
        if self.source != "tibber" and (self.token is not None or self.token_file is not None):
            raise ValueError(f"token and {here} do not go together: no token is needed")
        if self.token is not None and self.token_file is not None:
            raise ValueError("token and token_file say the same in two ways: keep one of them")
        if self.url is None:
            if self.plain_http:
                raise ValueError("plain_http says something of url, which is missing")
        elif self.source == "file":
            raise ValueError(f"url and {here} do not go together")
        elif (fault := address_fault(self.url, plain_allowed=self.plain_http)) is not None:
            only_plain = address_fault(self.url, plain_allowed=True) is None
            raise ValueError(f"url {fault}{', or plain_http = true where that is meant' if only_plain else ''}")
        return self
