"""The OpenAPI document of one model's server."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sweepkit.data.column_profile import TableProfile
from sweepkit.serving.example_rows import (
    ask_probabilities,
    list_example_rows,
    to_csv,
    to_inputs,
    to_instances,
    to_records,
    to_split,
)
from sweepkit.serving.media import MEDIA
from sweepkit.serving.openapi_answers import (
    BODY_REFUSALS,
    JSON,
    NO_MODEL,
    OBJECT,
    TEXT,
    Node,
    describe_answer,
    list_errors,
    refer,
)
from sweepkit.serving.openapi_parameters import list_parameters
from sweepkit.serving.openapi_schemas import build_schemas
from sweepkit.serving.params import PROBABILITIES, RETURN

_MOST_ROWS = 2


def describe(
    profile: TableProfile, name: str, version: str, offered: Collection[str] = ()
) -> Node:
    """Return the document as plain values for JSON.

    Args:
        profile: The columns the model takes.
        name: Registered name of the model.
        version: Its version.
        offered: Parameters it can answer: `interval` if it carries intervals,
            `return` if it has classes.
    """
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{name}: predicts {profile.target}",
            "version": version,
            "description": "The MLflow scoring protocol, and what the server says of "
            "itself.",
        },
        "security": [{}, {"bearer": []}],
        "paths": {
            "/invocations": {"post": _describe_invocations(profile, offered)},
            "/reload": {"post": _describe_reload()},
            **{path: {"get": node} for path, node in _describe_reads().items()},
        },
        "components": {
            "schemas": build_schemas(profile, offered),
            "responses": {"Error": describe_answer("An error.", refer("Error"))},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def _describe_invocations(profile: TableProfile, offered: Collection[str]) -> Node:
    rows = list_example_rows(profile)[:_MOST_ROWS]
    layouts = (to_split, to_records, to_instances, to_inputs)
    bodies = {next(iter(body)): body for body in (lay(rows) for lay in layouts)}
    if RETURN in offered:
        bodies[PROBABILITIES] = ask_probabilities(to_records(rows))
    binary: Node = {"schema": {**TEXT, "contentMediaType": "binary"}}
    content: Node = {
        JSON: {
            "schema": refer("Request"),
            "examples": {name: {"value": body} for name, body in bodies.items()},
        },
        "text/csv": {
            "schema": {**TEXT, "description": "The first line names the columns."},
            "examples": {"rows": {"value": to_csv(rows)}},
        },
        **{kind: binary for kind, medium in MEDIA.items() if medium == "parquet"},
    }
    return {
        "operationId": "predict",
        "summary": f"Predict {profile.target} for rows",
        "parameters": list_parameters(offered),
        "requestBody": {"required": True, "content": content},
        "responses": {
            "200": {
                **describe_answer("One prediction for each row.", refer("Predictions")),
                "headers": _HEADERS,
            },
            **list_errors(BODY_REFUSALS),
        },
    }


def _describe_reload() -> Node:
    errors = {"403": BODY_REFUSALS["403"], "409": "Nothing watches the registry."}
    return {
        "operationId": "reload",
        "summary": "Ask the registry for a new champion at once",
        "responses": {
            "202": describe_answer("The registry is being asked.", OBJECT),
            **list_errors(errors),
        },
    }


def _describe_reads() -> Mapping[str, Node]:
    alive = "A line end, while the process lives"
    return {
        "/ping": _read(alive),
        "/health": _read(alive),
        "/version": _read("MLflow's version, whose protocol this is"),
        "/ready": {
            "operationId": "ready",
            "summary": "Whether a model is loaded and agreed",
            "responses": {
                "200": describe_answer("It is.", OBJECT),
                "503": describe_answer("It is not.", OBJECT),
                **list_errors({}),
            },
        },
        "/model": _read("What is known of the model", OBJECT, NO_MODEL),
        "/usage": _read("The last minute's use, and drift", OBJECT),
        "/metrics": _read("The same for Prometheus", TEXT, kind="text/plain"),
        "/openapi.json": _read("This document", OBJECT, NO_MODEL),
    }


def _read(
    summary: str,
    schema: Node | None = None,
    errors: Mapping[str, str] | None = None,
    kind: str = JSON,
) -> Node:
    answer = describe_answer(f"{summary}.", schema, kind)
    return {
        "summary": summary,
        "responses": {"200": answer, **list_errors(errors or {})},
    }


_HEADERS: Node = {
    "X-Model-Name": {"schema": TEXT, "description": "The model that predicted."},
    "X-Model-Version": {"schema": TEXT, "description": "Its version."},
    "X-Sweepkit-Warnings": {
        "schema": TEXT,
        "description": "Texts training did not see and columns the model does not "
        "take, percent-encoded where needed.",
    },
}
