"""What the OpenAPI document says beyond the routes: who may call, and the one shape of errors."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class FieldError(BaseModel):
    """One value that is missing or wrong."""

    field: str
    message: str


class ProblemOut(BaseModel):
    """An error (RFC 9457). `code` is stable; `detail` is for people; the same request may succeed if `retry`."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(examples=["urn:ugc-hub:problem:not_found"])
    title: str
    status: int
    detail: str
    code: str
    retry: bool
    request_id: str
    errors: list[FieldError] = Field(default_factory=list, description="Only where values are missing or wrong.")


OPENAPI: dict[str, Any] = {
    "OPENAPI_VERSION": "3.1.0",
    "DESCRIPTION": (
        "Upload originals, look at what was measured of them, ask for renditions by preset, download files and packs. "
        "Make a token with `ugc-hub token create` or on the account page. Errors are `application/problem+json`. "
        "Lists are read page by page: pass `next_cursor` as `cursor` until it is null. Times are UTC, sizes bytes, "
        "lengths pixels, durations seconds."
    ),
    "SECURITY_SCHEMES": {
        "token": {"type": "http", "scheme": "bearer", "description": "`Authorization: Bearer ugc_…`"},
    },
    "AUTO_VALIDATION_ERROR_RESPONSE": False,
    "AUTO_AUTH_ERROR_RESPONSE": False,
    "AUTO_SERVERS": False,
    "AUTO_TAGS": False,
}


TAKES_BYTES = ("/api/v1/uploads", "/api/v1/grants/{grant_id}/evidence")
MAY_TAKE_BYTES = ("/api/v1/grants/{grant_id}/duties/{duty}", "/api/v1/takedowns/{task_id}/done")
BYTES = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}


def finish_spec(spec: dict[Any, Any] | str) -> dict[Any, Any] | str:
    """Add the error shape to every operation, ask for a token everywhere, and leave out what is not the API."""
    if isinstance(spec, str):
        return spec
    spec["security"] = [{"token": []}]
    schemas = spec.setdefault("components", {}).setdefault("schemas", {})
    schema = ProblemOut.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= schema.pop("$defs", {})
    schemas["Problem"] = schema
    shape = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    spec["paths"] = {path: item for path, item in spec["paths"].items() if path.startswith("/api/v1/")}
    for path in (*TAKES_BYTES, *MAY_TAKE_BYTES):
        spec["paths"][path]["post"]["requestBody"] = {"required": path in TAKES_BYTES, "content": BYTES}
    spec["paths"]["/api/v1/usages/{usage_id}/status"]["get"]["security"] = []
    for item in spec["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict) and "responses" in operation:
                operation["responses"]["default"] = {"description": "Any error", "content": shape}
    return spec
