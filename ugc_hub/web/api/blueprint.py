"""The blueprint of the API, and typed forms of the decorators that describe and check its routes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from apiflask import APIBlueprint
from pydantic import BaseModel

Route = TypeVar("Route", bound=Callable[..., Any])
blueprint = APIBlueprint("api", __name__, url_prefix="/api/v1")


def body(model: type[BaseModel]) -> Callable[[Route], Route]:
    """Check the JSON body and hand it over as `body`; wrong values are answered with 422 and their names."""
    decorate: Callable[[Route], Route] = blueprint.input(model, location="json", arg_name="body")
    return decorate


def query(model: type[BaseModel]) -> Callable[[Route], Route]:
    """Check the query string and hand it over as `query`."""
    decorate: Callable[[Route], Route] = blueprint.input(model, location="query", arg_name="query")
    return decorate


def gives(model: type[BaseModel], status: int = 200, description: str = "Done") -> Callable[[Route], Route]:
    """Say what the route answers; the value is checked against the model before it leaves."""
    decorate: Callable[[Route], Route] = blueprint.output(model, status_code=status, description=description)
    return decorate


def described(tag: str, summary: str, **more: Any) -> Callable[[Route], Route]:
    """Describe the route in the OpenAPI document."""
    decorate: Callable[[Route], Route] = blueprint.doc(tags=[tag], summary=summary, **more)
    return decorate


def gives_file(tag: str, summary: str) -> Callable[[Route], Route]:
    """Describe a route that answers with bytes, whole or in a range."""
    content = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
    answers = {
        200: {"description": "The whole file", "content": content},
        206: {"description": "The range that was asked for", "content": content},
        304: "Not changed",
        416: "There is no such range",
    }
    return described(tag, summary, responses=answers)
