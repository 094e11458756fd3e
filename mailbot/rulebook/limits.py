"""The two ends of an allowed range, as several checks have them."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field, model_validator

from mailbot.yamlfile import Hinted


class Bounds(BaseModel):
    """No limit has to be set, but two must not contradict each other."""

    min: int = Field(default=0, ge=0, description="at least so many")
    max: int | None = Field(default=None, ge=0, description="at most so many")

    @model_validator(mode="after")
    def _can_be_met(self) -> Any:
        if self.max is not None and self.max < self.min:
            raise Hinted(f"can never be met: min {self.min} is more than max {self.max}", "exchange or mend the two")
        return self


class Limits(Bounds):
    """At least one limit is set."""

    @model_validator(mode="after")
    def _limits(self) -> Any:
        if self.min == 0 and self.max is None:
            raise Hinted("sets no limit", "give min, max or both")
        return self
