"""The keys and words that a model knows at a place in a YAML file: for telling what is missing or misspelt there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

Key = str | int


def hint_for(model: type[BaseModel], within: Sequence[Key], path: Sequence[Key]) -> str:
    """How to add a key that is missing, with what it may be where that is one of some words."""
    field = _field_at(model, within)
    words = list(_words_in(field.annotation)) if field is not None else []
    line = f"with: {{{path[-1]}: …}}" if path[-2:-1] == ("with",) else f"{path[-1]}: …"
    return f"add a line `{line}`" + (f"; it is one of {', '.join(words)}" if words else "")


def _field_at(model: type[BaseModel], path: Sequence[Key]) -> FieldInfo | None:
    for part in path[:-1]:
        field = model.model_fields.get(str(part)) if isinstance(part, str) else None
        inner = next(_models_in(field.annotation), None) if field is not None else None
        model = inner or model
    return next((f for name, f in model.model_fields.items() if path[-1] in (name, f.alias)), None)


def _words_in(annotation: Any) -> Iterator[str]:
    if get_origin(annotation) is Literal:
        yield from map(str, get_args(annotation))
    elif not isinstance(annotation, str):
        for part in get_args(annotation):
            yield from _words_in(part)


def keys_at(model: type[BaseModel], path: Sequence[Key]) -> list[str]:
    """The keys that the model knows at a path."""
    for part in path:
        if isinstance(part, int):
            continue  # lists and tuples are unwrapped with their field
        field = next((f for name, f in model.model_fields.items() if part in (name, f.alias)), None)
        inner = next(_models_in(field.annotation), None) if field is not None else None
        if inner is None:
            return []
        model = inner
    return [field.alias or name for name, field in model.model_fields.items()]


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)
