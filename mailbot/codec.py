"""The model's frozen types as JSON and back: how the ledger keeps them and how the reading child answers.

`dump` needs nothing but the standard library, so that the child stays light; `load` checks every value with pydantic.
"""

from __future__ import annotations

import json
import re
from collections.abc import Hashable, Iterator
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from pydantic import TypeAdapter

T = TypeVar("T")

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def clean(text: str) -> str:
    """`text` with NUL and lone surrogates, which neither UTF-8 nor a database takes, shown as U+FFFD."""
    return text if text.isprintable() else _UNSTORABLE.sub("\ufffd", text)


def dump(value: object) -> str:
    """Dataclasses, enums, aware times, dates, tuples, dicts and plain values as one line of JSON.

    TypeError for anything else (bytes, sets), ValueError for a time without a zone or a number that JSON has not.
    Strings go through `clean`.
    """
    return json.dumps(_plain(value), ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def load(kind: type[T], text: str | bytes) -> T:
    """What `dump` made of a `kind`, strictly checked; ValueError says where it is of another shape.

    Unknown keys are dropped, so that what an older mailbot kept can still be read. The message quotes no content.
    """
    from pydantic import ValidationError  # costs 100 ms that many commands do not need

    try:
        checked: T = _adapter(cast(Hashable, kind)).validate_json(text, strict=True)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)[:5]
        said = "; ".join(f"{'.'.join(map(str, fault['loc'])) or 'the whole'}: {fault['msg']}" for fault in faults)
        raise ValueError(f"not a {getattr(kind, '__name__', kind)}: {said}") from None
    return checked


@cache
def _adapter(kind: Hashable) -> TypeAdapter[Any]:
    from pydantic import TypeAdapter

    return TypeAdapter(cast(Any, kind))


def _plain(value: Any) -> Any:
    if type(value) is str:  # most values are
        return clean(value)
    if isinstance(value, Enum):
        return _plain(value.value)
    if isinstance(value, str):
        return clean(value)
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, datetime) and value.tzinfo is None:
        raise ValueError("a time without a zone cannot be kept")
    if isinstance(value, date):  # a datetime is one too
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return dict(_pairs(value))


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def _pairs(value: Any) -> Iterator[tuple[str, Any]]:
    if is_dataclass(value) and not isinstance(value, type):
        for name in _names(type(value)):
            yield name, _plain(getattr(value, name))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield clean(str(key)), _plain(item)
    else:
        raise TypeError(f"{type(value).__name__} cannot be kept as JSON")
