"""The table `[forecast]`: where it comes from what sun is to be expected."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, model_validator

from controller.domain.web_address import address_fault

_SERVICES = ("forecast.solar", "open-meteo")
_EXAMPLE = "planes = [{ tilt_deg = 30, azimuth_deg = 0, kwp = 9.8 }]"


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class PlaneTable(_Table):
    """One of `forecast.planes`: modules that look the same way."""

    tilt_deg: float = Field(ge=0, le=90)
    azimuth_deg: float = Field(ge=-180, le=180)
    kwp: float = Field(gt=0, le=1000)


def _is_address(url: str) -> str:
    if (fault := address_fault(url, plain_allowed=True)) is not None:
        raise ValueError(fault)
    return url


def _as_path(value: object) -> object:
    return Path(value).expanduser() if isinstance(value, str) and value else value


class ForecastTable(_Table):
    """The table `[forecast]`."""

    source: Literal["none", "history", "file", "forecast.solar", "open-meteo"] = "history"
    latitude: float | None = Field(default=None, ge=-90, le=90)
    longitude: float | None = Field(default=None, ge=-180, le=180)
    planes: list[PlaneTable] = Field(default=[], max_length=10)
    performance_ratio: float = Field(default=0.85, gt=0, le=1.2)
    file: Annotated[Path, BeforeValidator(_as_path)] | None = None
    url: Annotated[str, Field(max_length=500), AfterValidator(_is_address)] | None = None
    plain_http: bool = False
    api_key: Annotated[SecretStr, Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.source in _SERVICES:
            if self.latitude is None or self.longitude is None:
                raise ValueError(f'source = "{self.source}" needs latitude and longitude')
            if not self.planes:
                raise ValueError(f'source = "{self.source}" needs your modules, such as {_EXAMPLE}')
            plain_allowed = self.plain_http and self.api_key is None
            if self.url is not None and (fault := address_fault(self.url, plain_allowed=plain_allowed)) is not None:
                raise ValueError(f"url {fault}; without api_key, plain_http = true lets it go all the same")
        if (self.source == "file") != (self.file is not None):
            raise ValueError('source = "file" and file go together: which file has the forecast?')
        return self
