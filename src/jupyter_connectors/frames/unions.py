"""Objects whose fields say their own type, turned into plain values: Notion's properties, Asana's custom fields.

Each decoder takes the value at one path and gives back a plain one; what it does not know it leaves as it is, so
nothing is lost. They are pure: they see one value and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from jupyter_connectors.models import Json

UnionName = Literal["notion", "asana", "fields", "custom", "day", "monday"]


def decoder(name: UnionName) -> Callable[[Json], Json]:
    """The decoder a shape file calls `name`."""
    return _DECODERS[name]


def notion(properties: Json) -> Json:
    """Notion's properties by name, each as its value (developers.notion.com/reference/property-value-object).

    Titles and texts become one text, selects their name, people and relations a list of names or ids, dates keep
    `start` and `end`, formulas and rollups give what they computed.
    """
    if not isinstance(properties, dict):
        return properties
    return {name: _notion_value(each) for name, each in properties.items()}


def _notion_value(value: Json) -> Json:
    if not isinstance(value, dict) or not isinstance(kind := value.get("type"), str) or kind not in value:
        return value
    inner = value[kind]
    if kind in ("title", "rich_text") and isinstance(inner, list):
        return "".join(str(part.get("plain_text", "")) for part in inner if isinstance(part, dict))
    if kind in ("select", "status", "created_by", "last_edited_by"):
        return _called(inner)
    if kind in ("multi_select", "people", "relation", "files") and isinstance(inner, list):
        return [_called(each) for each in inner]
    if kind in ("formula", "rollup"):
        return _notion_computed(inner)
    if kind == "unique_id" and isinstance(inner, dict):
        prefix, number = inner.get("prefix"), inner.get("number")
        return f"{prefix}-{number}" if prefix else number
    return _notion_date(inner) if kind == "date" else inner


def _notion_date(value: Json) -> Json:
    """A date with its own zone field keeps it; one without is its start and end."""
    if not isinstance(value, dict):
        return value
    return {key: each for key, each in value.items() if key != "time_zone" or each is not None}


def _notion_computed(value: Json) -> Json:
    """What a formula or rollup computed; the list of a rollup is itself made of typed values."""
    if not isinstance(value, dict) or not isinstance(kind := value.get("type"), str):
        return value
    inner = value.get(kind)
    if kind == "array" and isinstance(inner, list):
        return [_notion_value(each) for each in inner]
    return _notion_date(inner) if kind == "date" else inner


def asana(fields: Json) -> Json:
    """Asana's custom fields by name, each as its value (developers.asana.com/reference/custom-fields).

    Numbers stay numbers, enums are the names of their options, people a list of names. A field without a value is
    null; two fields of one name keep their ids apart.
    """
    if not isinstance(fields, list):
        return fields
    return _by_name(fields, _asana_value)


def _asana_value(field: Mapping[str, Json]) -> Json:
    kind = field.get("resource_subtype") or field.get("type")
    value = field.get(f"{kind}_value")
    if kind in ("enum", "people", "multi_enum", "reference") or isinstance(value, list):
        several = field.get("multi_enum_values") if kind == "multi_enum" else value
        return [_called(each) for each in several] if isinstance(several, list) else _called(several)
    if kind == "date" and isinstance(value, dict):
        return value.get("date_time") or value.get("date")
    return field.get("display_value") if value is None else value


def fields(values: Json) -> Json:
    """A list of `{name or id, value}` as one object: GitHub's field values, Zendesk's custom fields."""
    return _by_name(values, _valued) if isinstance(values, list) else values


def monday(columns: Json) -> Json:
    """monday.com's column values by id: the text people see where there is one (developer.monday.com, column values)."""
    if isinstance(columns, list):
        return _by_name(columns, lambda each: each.get("text") if "text" in each else each.get("value"))
    if isinstance(columns, dict):
        return {
            key: each.get("text") if isinstance(each, dict) and "text" in each else each
            for key, each in columns.items()
        }
    return columns


def custom(record: Json) -> Json:
    """A record whose custom fields are `{value, name}` under their ids, with the values under the names."""
    if not isinstance(record, dict):
        return record
    found: dict[str, Json] = {}
    for key, value in record.items():
        wrapped = (
            key.startswith("customfield_") and isinstance(value, dict) and {"value"} <= set(value) <= {"value", "name"}
        )
        if not wrapped:
            found[key] = value
            continue
        name = value.get("name")
        clear = isinstance(name, str) and name not in record and name not in found
        found[name if clear else key] = value["value"]
    return found


def day(value: Json) -> Json:
    """A day or an instant as one text: Google's `{date}` or `{dateTime}`, Microsoft's `{dateTime, timeZone}`.

    Microsoft writes the time without its zone; only where the zone is UTC is it certain, so only there is it added.
    """
    if not isinstance(value, dict) or not set(value) <= {"date", "dateTime", "timeZone"}:
        return value
    moment, zone = value.get("dateTime"), value.get("timeZone")
    if isinstance(moment, str):
        bare = "T" in moment and not moment.endswith("Z") and not set("+-") & set(moment.partition("T")[2])
        return f"{moment}Z" if bare and zone == "UTC" else f"{moment} {zone}" if bare and zone else moment
    return value.get("date")


def _by_name(values: list[Json], read: Callable[[Mapping[str, Json]], Json]) -> Json:
    found: dict[str, Json] = {}
    for each in values:
        if not isinstance(each, dict):
            return values
        name = next((each[key] for key in ("name", "field", "title", "id", "gid") if each.get(key) is not None), None)
        if not isinstance(name, str | int) or isinstance(name, bool):
            return values
        name = str(name)
        found[name if name not in found else f"{name} ({each.get('gid') or each.get('id') or len(found)})"] = read(each)
    return found


def _valued(each: Mapping[str, Json]) -> Json:
    return each.get("value") if each.get("value") is not None else each.get("values")


def _called(value: Json) -> Json:
    """The name of an object, else its id; anything else as it is."""
    if not isinstance(value, dict):
        return value
    return value.get("name") if value.get("name") is not None else value.get("id") or value.get("gid")


_DECODERS: Mapping[UnionName, Callable[[Json], Json]] = {
    "notion": notion,
    "asana": asana,
    "fields": fields,
    "custom": custom,
    "day": day,
    "monday": monday,
}
