"""The blueprint of the API, and typed forms of the decorators that describe and check its routes."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from apiflask import APIBlueprint
from flask import Response, request
from pydantic import BaseModel

from ugc_hub.errors import UnsupportedType
from ugc_hub.web.context import actor

Route = TypeVar("Route", bound=Callable[..., Any])
blueprint = APIBlueprint("api", __name__, url_prefix="/api/v1")


def body(model: type[BaseModel]) -> Callable[[Route], Route]:
    """Check the JSON body and hand it over as `body`; wrong values are answered with 422 and their names."""
    decorate: Callable[[Route], Route] = blueprint.input(model, location="json", arg_name="body")
    return lambda route: _known(decorate(route), json=True)


def _known(route: Route, *, json: bool = False) -> Route:
    """Ask who it is before values are judged, and refuse bodies of another type than JSON.

    The framework judges first, and takes every body for JSON whatever it says of itself.
    """

    @wraps(route)
    def checked(*args: Any, **known: Any) -> Any:
        actor()
        if json and not request.is_json:
            raise UnsupportedType("Send the body as JSON, with Content-Type: application/json.")
        return route(*args, **known)

    return cast(Route, checked)


def query(model: type[BaseModel]) -> Callable[[Route], Route]:
    """Check the query string and hand it over as `query`."""
    decorate: Callable[[Route], Route] = blueprint.input(model, location="query", arg_name="query")
    return lambda route: _known(decorate(route))


def gives(model: type[BaseModel], status: int = 200, description: str = "Done") -> Callable[[Route], Route]:
    """Say what the route answers; the value is checked against the model before it leaves."""
    decorate: Callable[[Route], Route] = blueprint.output(model, status_code=status, description=description)
    return decorate


def written(model: type[BaseModel], value: object) -> Response:
    """Return an answer that was checked against the model and written at once.

    The framework makes plain values of it first and writes those: for a page of fifty assets that takes twice as long.
    """
    checked = model.model_validate(value)
    return Response(checked.model_dump_json(by_alias=True), mimetype="application/json")


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
        403: "The role or the grants do not allow it; with reasons and the next step",
        409: "Duties come first; with their words and `duties_ack`",
        416: "There is no such range",
    }
    return described(tag, summary, responses=answers)
