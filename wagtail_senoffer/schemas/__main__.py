"""Writes the JSON Schema anew."""

from . import SCHEMA, as_text, document_schema

SCHEMA.write_text(as_text(document_schema()), encoding="utf-8")
print(SCHEMA)
