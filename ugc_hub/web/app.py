"""Puts the web door together: one app for one hub."""

from __future__ import annotations

from typing import Any

from apiflask import APIFlask
from flask.json.provider import DefaultJSONProvider
from werkzeug.middleware.proxy_fix import ProxyFix

from ugc_hub.hub import Hub
from ugc_hub.templating import templates_dir

from . import api, assets, health, logs, pages, problems, rights, security, words
from .context import EXTENSION
from .routes import Route

LARGEST_FORM_BYTES = 1_000_000
"""Forms and JSON; uploads are streamed past this limit and bounded by `ingest`."""


class Json(DefaultJSONProvider):
    """JSON that a request cannot overturn the hub with."""

    def loads(self, s: str | bytes, **known: Any) -> Any:
        """Return the value of a text.

        Raises:
            ValueError: it is not JSON, or nested deeper than any request needs.
        """
        try:
            return super().loads(s, **known)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error


def create_app(hub: Hub) -> APIFlask:
    """Return the WSGI app of a hub.

    It keeps no state of its own: any number of processes may serve the same hub.
    """
    app = APIFlask(
        "ugc_hub.web",
        title="UGC Hub",
        version="1",
        spec_path="/api/v1/openapi.json",
        docs_path=None,
        json_errors=False,
        static_folder=str(assets.FOLDER),
        static_url_path="/static",
        template_folder=str(templates_dir()),
    )
    app.config.update(
        MAX_CONTENT_LENGTH=LARGEST_FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM_BYTES,
        MAX_FORM_PARTS=2000,
        **api.OPENAPI,
    )
    app.json = Json(app)
    app.url_rule_class = Route
    app.extensions[EXTENSION] = hub
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    logs.watch_requests(app)
    security.guard(app, hub)
    problems.explain_errors(app)
    assets.register(app)
    words.register(app)
    app.jinja_env.filters["spoken"] = rights.spoken
    health.register(app)
    app.register_blueprint(api.blueprint)
    app.register_blueprint(pages.blueprint)
    app.spec_processor(api.finish_spec)
    if hub.settings.proxy_hops:
        hops = hub.settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app
