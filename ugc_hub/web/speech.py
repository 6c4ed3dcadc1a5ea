"""The language of a page that a link opens: what its template needs to speak it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import g, request

from ugc_hub.permissions import wording
from ugc_hub.submissions import say
from ugc_hub.web.words import moment


def of_browser() -> str:
    """Return the first language of the browser that the pages of links speak; English where it names none."""
    read = (one.partition("-")[0].lower() for one in request.accept_languages.values())
    return next((one for one in read if one in wording.LOCALES), "en")


def speak(locale: str) -> None:
    """Let what goes wrong from here on be told in the language of what is being answered, whatever the browser's is."""
    g.locale = locale


def of_answer() -> str:
    """Return the language of what is being answered; that of the browser where nothing is known of it."""
    return str(g.get("locale") or of_browser())


def spoken(locale: str) -> dict[str, Any]:
    """Return `say` (a sentence), `when` (an instant) and `lang` for a template."""

    def said(sentence: str, /, **values: object) -> str:
        return say(sentence, locale, **values)

    def when(instant: datetime) -> str:
        if locale == "en":
            return moment(instant)
        return f"{wording.day(instant.date(), locale)}, {instant:%H:%M} UTC"

    return {"say": said, "when": when, "lang": locale}
