"""
The kinds of fields that requests of the server APIs are made of.

Each one says what is valid, how the text of an XML element is read as it, and what the OpenAPI
file tells about it. JSON is taken strictly: "1" is no number.
"""

from __future__ import annotations

import ipaddress
import math
import re
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainValidator,
    StrictBool,
    StrictInt,
    StrictStr,
    ValidationInfo,
    WithJsonSchema,
)

from akunsub.platform import ids
from akunsub.platform.statuses import Status, parse_status

if TYPE_CHECKING:
    from collections.abc import Callable

#: The context of a validation of what was XML: everything in it is text, or an element's parts.
FROM_XML = {"from_xml": True}
_MAX_TEXT = 200
_MAX_URL = 2000
# A custom field's text, and the largest whole number: 64 bits, as databases have them.
_MAX_CUSTOM_TEXT = 10_000
_MAX_INT = 2**63 - 1


class Repeated(list[Any]):
    """An XML element that is there more than once: an array, or a mistake."""


def is_xml(info: ValidationInfo) -> bool:
    """Is the field read from XML?"""
    return info.context is FROM_XML


def _read_number(value: object, info: ValidationInfo) -> object:
    if is_xml(info) and isinstance(value, str) and re.fullmatch(r"\s*-?[0-9]{1,20}\s*", value):
        return int(value)
    return value


def _read_bool(value: object, info: ValidationInfo) -> object:
    words = {"true": True, "false": False}
    return words.get(value.strip(), value) if is_xml(info) and isinstance(value, str) else value


def _read_array(value: object, info: ValidationInfo) -> object:
    if not is_xml(info) or value is None:
        return value
    if isinstance(value, Repeated):
        return list(value)
    # <cats/> is an array with nothing in it.
    return [] if value == "" else [value]


def _read_object(value: object, info: ValidationInfo) -> object:
    return {} if is_xml(info) and value == "" else value


def _check_ip(value: str) -> str:
    try:
        ipaddress.ip_address(value)
    except ValueError as error:
        raise ValueError("is not an IP address") from error
    return value


def _read_status(value: object, info: ValidationInfo) -> Status:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    is_word = isinstance(value, str) and (is_xml(info) or not value.isdigit())
    if not (is_number or is_word):
        raise ValueError("is the word or the number of a status")
    return parse_status(value.strip() if isinstance(value, str) else value)  # type: ignore[arg-type]


def _read_custom_value(value: object) -> object:
    if isinstance(value, str) and len(value) <= _MAX_CUSTOM_TEXT:
        return value
    is_small = isinstance(value, int) and abs(value) <= _MAX_INT
    if value is None or is_small or (isinstance(value, float) and math.isfinite(value)):
        return value
    raise ValueError("is text, a number, true, false, or null to take it away")


def _check_names(name_of: Callable[[Any], str]) -> AfterValidator:
    def check(values: list[Any]) -> list[Any]:
        seen = set()
        for one in values:
            if type(one) is not type(values[0]):
                raise ValueError("holds both names and objects: use one of them")
            name = name_of(one)
            if name in seen:
                raise ValueError(f"{name[:100]!r} is there twice")
            seen.add(name)
        return values

    return AfterValidator(check)


Text = Annotated[StrictStr, Field(min_length=1, max_length=_MAX_TEXT)]
ProfileId = Annotated[StrictStr, Field(pattern=ids.PROFILE_ID_PATTERN)]
Number = Annotated[StrictInt, Field(gt=0, lt=ids.END_OF_NUMBERS), BeforeValidator(_read_number)]
ChatId = Annotated[
    StrictInt, Field(gt=-(10**18), lt=ids.END_OF_NUMBERS), BeforeValidator(_read_number)
]
Priority = Annotated[StrictInt, Field(ge=0, lt=2**31), BeforeValidator(_read_number)]
Bool = Annotated[StrictBool, BeforeValidator(_read_bool)]
Url = Annotated[StrictStr, Field(max_length=_MAX_URL)]
Ip = Annotated[StrictStr, AfterValidator(_check_ip)]
#: Which categories, by API name. Those who read it check whether they exist.
Names = Annotated[list[StrictStr], BeforeValidator(_read_array)]
StatusField = Annotated[
    Status,
    PlainValidator(_read_status),
    WithJsonSchema({"enum": [*(one.value for one in Status), *(one.number for one in Status)]}),
]
FieldName = Annotated[StrictStr, Field(pattern=ids.CATEGORY_PATTERN)]
CustomValue = Annotated[
    str | int | float | bool | None,
    PlainValidator(_read_custom_value),
    WithJsonSchema(
        {"type": ["string", "integer", "number", "boolean", "null"], "maxLength": _MAX_CUSTOM_TEXT}
    ),
]
CustomFields = Annotated[
    dict[FieldName, CustomValue],
    Field(json_schema_extra={"additionalProperties": False}),
    BeforeValidator(_read_object),
]


def array_of(item: Any, name_of: Callable[[Any], str]) -> Any:  # noqa: ANN401 (types are values)
    """Return the type of an array of *item*, all of one kind and each of another name."""
    return Annotated[list[item], _check_names(name_of), BeforeValidator(_read_array)]
