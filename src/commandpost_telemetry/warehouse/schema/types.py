"""The types of Rudder's warehouse columns and the kinds of JSON values they are made from."""

from enum import StrEnum


class ColumnType(StrEnum):
    """Rudder's names of column types."""

    INT = "int"
    FLOAT = "float"
    BOOLEAN = "boolean"
    STRING = "string"
    DATETIME = "datetime"
    JSON = "json"


class Kind(StrEnum):
    """What a JSON value is, as far as its shape tells."""

    BOOLEAN = "boolean"
    INTEGER = "integer"
    DOUBLE = "double"
    STRING = "string"
    ARRAY = "array"
    OBJECT = "object"
    SPREAD = "spread"  # a text that was spread into an object of its characters
    WHOLE = "whole"  # whatever stands at a path that is kept as JSON
    ANY = "any"  # a key that occurs twice in one object: only the value itself tells
