"""The OpenAPI 3.1 document of the interfaces, made from the operations themselves."""

from __future__ import annotations

import inspect
import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from agent import __version__
from agent.web.api.operations import BY_HEADER, BY_LENGTH, Asked, Operation, Problem

TEMPLATE = "#/components/schemas/{model}"
ALWAYS = (HTTPStatus.UNAUTHORIZED, HTTPStatus.SERVICE_UNAVAILABLE)
WITH_BODY = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
)


def document(operations: Sequence[Operation]) -> dict[str, Any]:
    """Build the document.

    Args:
        operations: all that there are.
    """
    shapes: list[type[BaseModel]] = [Problem]
    for one in operations:
        shapes += [shape for shape in (one.reply, one.body_in) if shape is not None]
    unique = list(dict.fromkeys(shapes))
    _, definitions = models_json_schema([(shape, "serialization") for shape in unique], ref_template=TEMPLATE)
    paths: dict[str, dict[str, Any]] = {}
    for one in operations:
        paths.setdefault(re.sub(r":[^}]+}", "}", one.path), {})[one.method.lower()] = _operation(one)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "zohosync: settings and operations",
            "version": __version__,
            "description": "For Moodle's administration pages and for scripts. Errors are RFC 9457 problems.",
            "license": {"name": "GPL-3.0-or-later", "identifier": "GPL-3.0-or-later"},
        },
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": definitions.get("$defs", {}),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(one: Operation) -> dict[str, Any]:
    about: dict[str, Any] = {
        "operationId": one.handler.__name__,
        "summary": one.summary,
        "description": inspect.getdoc(one.handler) or one.summary,
        "parameters": [
            *_parameters(one.path_in, "path"),
            *_parameters(one.query_in, "query"),
            *_headers(one),
        ],
        "responses": _responses(one),
    }
    if one.body_in is not None:
        content = {"application/json": {"schema": _reference(one.body_in)}}
        about["requestBody"] = {"required": True, "content": content}
    return about


def _parameters(shape: type[Asked], place: str) -> list[dict[str, Any]]:
    schema = shape.model_json_schema()
    definitions = schema.get("$defs", {})
    return [
        {
            "name": name,
            "in": place,
            "required": name in schema.get("required", []),
            "description": _inlined(about, definitions).pop("description", ""),
            "schema": {
                key: value for key, value in _inlined(about, definitions).items() if key != "description"
            },
        }
        for name, about in schema.get("properties", {}).items()
    ]


def _inlined(about: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """Put in the place of a reference what it means: a parameter is no component."""
    name = about.get("$ref", "").rpartition("/")[2]
    return {**definitions.get(name, {}), **{key: value for key, value in about.items() if key != "$ref"}}


def _headers(one: Operation) -> list[dict[str, Any]]:
    acting = {
        "name": BY_HEADER,
        "in": "header",
        "required": False,
        "description": "who acts, for the record",
        "schema": {"type": "string", "maxLength": BY_LENGTH},
    }
    if one.method == "GET":
        return []
    match = {
        "name": "If-Match",
        "in": "header",
        "required": True,
        "description": "the entity tag of what is to be changed, as it was read",
        "schema": {"type": "string"},
    }
    return [acting, match] if one.conditional else [acting]


def _responses(one: Operation) -> dict[str, Any]:
    success: dict[str, Any] = {
        "description": one.status.phrase,
        "content": {"application/json": {"schema": _reference(one.reply)}},
    }
    if one.tagged:
        success["headers"] = {"ETag": {"schema": {"type": "string"}, "description": "for If-Match"}}
    problem = {"application/problem+json": {"schema": _reference(Problem)}}
    return {
        str(int(one.status)): success,
        **{
            str(int(status)): {"description": status.phrase, "content": problem}
            for status in sorted({*ALWAYS, *_own(one), *one.problems})
        },
    }


def _own(one: Operation) -> set[HTTPStatus]:
    """Name the answers that follow from what an operation asks."""
    found: set[HTTPStatus] = {HTTPStatus.FORBIDDEN} if one.role > 1 else set()
    # Every operation refuses parameters that it does not know.
    found.add(HTTPStatus.UNPROCESSABLE_ENTITY)
    if one.body_in is not None:
        found.update(WITH_BODY)
    if one.conditional:
        found.update({HTTPStatus.PRECONDITION_REQUIRED, HTTPStatus.PRECONDITION_FAILED})
    return found


def _reference(shape: type[BaseModel]) -> dict[str, str]:
    return {"$ref": TEMPLATE.format(model=shape.__name__)}
