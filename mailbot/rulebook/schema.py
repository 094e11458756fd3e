"""The JSON Schema of a file in `rules/`, for editors that complete and check while one types.

Draft 7 (https://json-schema.org/draft-07), which every YAML language server knows. Made of the same models that read
the files; what the schema allows may still be refused (contradictions, names of issues, examples that come out wrong).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from mailbot import languages
from mailbot.rulebook.checking import Check
from mailbot.rulebook.checks import CHECKS
from mailbot.rulebook.load import TOP_KEYS, VARIANTS
from mailbot.rulebook.models import Issue, RuleEntry, Unit
from mailbot.rulebook.samples import Facts

DRAFT = "http://json-schema.org/draft-07/schema#"

_PROBES: tuple[Any, ...] = (None, {"x": 1}, "x", "1KB", "1d", "20%", "08:30", "daily")
"""Values that show what a validator takes before the type itself: one of the words is right where text is."""
_FREE = ("default", "title", "format")
"""Keys that say nothing to a person who writes rules, or what the loader does not mean."""

Schema = dict[str, Any]


def schema_text(language: str) -> str:
    """The schema as a file."""
    return json.dumps(schema(language), ensure_ascii=False, indent=1) + "\n"


def schema(language: str) -> Schema:
    """One schema for all files: exactly one of the top keys, and below it a list of entries."""
    say = languages.load(language).teaching.descriptions
    item = {"rules": _rule(say), "units": _described(Unit, "unit", say), "issues": _described(Issue, "issue", say)}
    listed = {key: {"type": ["array", "null"], "items": {"$ref": f"#/definitions/{key}"}} for key in TOP_KEYS}
    return {
        "$schema": DRAFT,
        "title": "mailbot rules",
        "type": ["object", "null"],
        "additionalProperties": False,
        "maxProperties": 1,
        "properties": {key: _with(found, say.get(f"top.{key}", _TOP[key])) for key, found in listed.items()},
        "definitions": {
            **item,
            "example": _described(Facts, "example", say),
            **{f"with.{name}": _details(check, say) for name, check in CHECKS.items()},
            **{f"change.{name}": _changes(check, say) for name, check in CHECKS.items()},
        },
    }


def keys() -> Iterator[tuple[str, str]]:
    """Every key that can be described, and its English description ("" where there is none)."""
    yield from _TOP_KEYS
    for model, name in ((RuleEntry, "rule"), (Unit, "unit"), (Issue, "issue"), (Facts, "example")):
        yield from _keys(_plain(model), name)
    for name, check in CHECKS.items():
        yield f"check.{name}", _about(check)
        yield from _keys(_plain(check.params), f"check.{name}")


_TOP = {
    "rules": "the call for papers as rules, in the order of judging",
    "units": "units whose names are known to be full",
    "issues": "the issues: who arrives when goes to which",
}
_TOP_KEYS = tuple((f"top.{key}", text) for key, text in _TOP.items())
_BY = {
    "by_issue": "what of this is different for an issue: its id, and below it the changes",
    "by_column": "what of this is different for a column: its id, and below it the changes",
}


# --- rules ------------------------------------------------------------------------------------------------------------


def _rule(say: Mapping[str, str]) -> Schema:
    """A rule: what may stand under `with` depends on its check."""
    found = _described(RuleEntry, "rule", say)
    properties = found["properties"]
    names = list(CHECKS)
    properties["check"] |= {
        "enum": names,
        "enumDescriptions": [say.get(f"check.{name}", _about(CHECKS[name])) for name in names],
    }
    for group in properties["examples"]["properties"].values():
        group["items"] = {"$ref": "#/definitions/example"}
    del properties["with"]["additionalProperties"]
    found["oneOf"] = [{"required": ["check"]}, {"required": ["expect"]}]
    found["allOf"] = [
        {
            "if": {"properties": {"check": {"const": name}}, "required": ["check"]},
            "then": _then(name, bool(_plain(check.params).get("required"))),
        }
        for name, check in CHECKS.items()
    ]
    return found


def _then(name: str, needed: bool) -> Schema:
    found: Schema = {"properties": {"with": {"$ref": f"#/definitions/with.{name}"}}}
    return found | ({"required": ["with"]} if needed else {})


def _details(check: Check[Any], say: Mapping[str, str]) -> Schema:
    """What may stand below `with` for a check."""
    found = _described(check.params, f"check.{check.name}", say)
    found["description"] = say.get(f"check.{check.name}", _about(check))
    found["type"] = ["object", "null"] if not found.get("required") else "object"
    changes = {"type": ["object", "null"], "additionalProperties": {"$ref": f"#/definitions/change.{check.name}"}}
    for key in VARIANTS:
        found["properties"][key] = _with(changes, say.get(f"with.{key}", _BY[key]))
    return found


def _changes(check: Check[Any], say: Mapping[str, str]) -> Schema:
    """What may stand below an issue's id: the same, and nothing of it is needed."""
    found = _described(check.params, f"check.{check.name}", say)
    found.pop("required", None)
    return found | {"type": ["object", "null"]}


def _about(check: Check[Any]) -> str:
    """What a check asks for: the first line of its file."""
    return (sys.modules[check.run.__module__].__doc__ or "").strip().partition("\n")[0]


# --- from pydantic's schema to ours -----------------------------------------------------------------------------------


class _Generator(GenerateJsonSchema):
    """Says also what validators before the type accept: one word for a list, nothing for a group."""

    def function_before_schema(self, schema: core_schema.BeforeValidatorFunctionSchema) -> JsonSchemaValue:
        inner = self.generate_inner(schema["schema"])
        function: Any = schema["function"]["function"]
        more: list[JsonSchemaValue] = []
        for value in _PROBES:
            try:
                made = function(value)
            except Exception:  # noqa: BLE001 - a validator refuses in whatever way: then it does not take this
                continue
            option = _taken(value, made, inner)
            if option is not None and option not in more:
                more.append(option)
        return {"anyOf": [inner, *more]} if more else inner

    def timedelta_schema(self, schema: core_schema.TimedeltaSchema) -> JsonSchemaValue:
        return {"type": "string", "pattern": r"^\s*\d{1,6}\s*[smhdw]\s*$"}

    def time_schema(self, schema: core_schema.TimeSchema) -> JsonSchemaValue:
        return {"type": "string", "pattern": r"^\d{1,2}:\d{2}$"}

    def str_schema(self, schema: core_schema.StringSchema) -> JsonSchemaValue:
        return super().str_schema(schema) | {"type": ["string", "number"]}  # `id: 010` is text to the loader


def _taken(value: object, made: object, inner: JsonSchemaValue) -> JsonSchemaValue | None:
    """What a validator takes beside the type itself, if it makes something else of such a value."""
    if made is value or made == value:
        return None
    if value is None:
        return {"type": "null"}
    if made == (value,) and "items" in inner:
        items: JsonSchemaValue = inner["items"]
        return items  # one entry stands for a list of one
    return {"type": ["string", "number"]} if isinstance(value, str) else None


@cache
def _raw(model: type[BaseModel]) -> Schema:
    return model.model_json_schema(schema_generator=_Generator)


def _plain(model: type[BaseModel]) -> Schema:
    """A model's schema without references and without what says nothing to people; the caller's own copy."""
    raw = _raw(model)
    cleaned: Schema = _cleaned(raw, raw.get("$defs", {}))
    cleaned.pop("$defs", None)
    return cleaned


def _cleaned(node: Any, defs: Mapping[str, Any]) -> Any:
    if isinstance(node, list):
        return [_cleaned(item, defs) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        target = dict(defs[node["$ref"].rpartition("/")[2]])
        return _cleaned(target | {key: value for key, value in node.items() if key != "$ref"}, defs)
    found = {
        key: _cleaned_all(value, defs) if key == "properties" else _cleaned(value, defs)
        for key, value in node.items()
        if key not in (*_FREE, "$defs")
    }
    return _merged(found)


def _cleaned_all(properties: Mapping[str, Any], defs: Mapping[str, Any]) -> Schema:
    """Each by itself: a property may be called `title`, too."""
    return {name: _cleaned(one, defs) for name, one in properties.items()}


def _merged(node: Schema) -> Schema:
    """`anyOf` of nothing and one shape as that shape, which editors complete better."""
    options = [option for option in node.get("anyOf", ()) if option != {"type": "null"}]
    if not node.get("anyOf") or len(options) != 1:
        return node
    (only,) = options
    found: Schema = {**only, **{key: value for key, value in node.items() if key != "anyOf"}}
    if "anyOf" in only:
        return found | {"anyOf": [*only["anyOf"], {"type": "null"}]}
    kinds = only["type"] if isinstance(only["type"], list) else [only["type"]]
    found["type"] = [*kinds, *(["null"] if "null" not in kinds else [])]
    return found | ({"enum": [*found["enum"], None]} if "enum" in found else {})


def _described(model: type[BaseModel], name: str, say: Mapping[str, str]) -> Schema:
    """A model's schema with the descriptions of the language."""
    found = _plain(model)
    _describe(found, name, say)
    return found


def _describe(node: Schema, path: str, say: Mapping[str, str], *, itself: bool = True) -> None:
    if itself and (said := said_of(path, say)):
        node["description"] = said
    for name, one in node.get("properties", {}).items():
        _describe(one, f"{path}.{name}", say)
    for option in _shapes(node):
        _describe(option, path, say, itself=False)


def said_of(path: str, say: Mapping[str, str]) -> str:
    """The description of a key: its own, else that of all keys that end so ("*.routes.title", "*.title"), else ""."""
    last = path.split(".")
    return say.get(path) or say.get(f"*.{'.'.join(last[-2:])}") or say.get(f"*.{last[-1]}") or ""


def _shapes(node: Schema) -> tuple[Schema, ...]:
    """The shapes that a value may have, and that of a list's entries."""
    return (*node.get("anyOf", ()), *([node["items"]] if isinstance(node.get("items"), dict) else ()))


def _keys(node: Schema, path: str) -> Iterator[tuple[str, str]]:
    """Every key below a node with its description, each once."""
    for name, one in node.get("properties", {}).items():
        yield f"{path}.{name}", one.get("description", "")
        yield from _keys(one, f"{path}.{name}")
    for option in _shapes(node):
        yield from _keys(option, path)


def _with(node: Schema, description: str) -> Schema:
    return {**node, "description": description}
