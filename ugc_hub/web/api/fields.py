"""Fields of campaigns: list, add, change, remove."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from ugc_hub import catalog
from ugc_hub.catalog import DefinedField, Definition, FieldChange
from ugc_hub.web.context import allowed, the_hub

from .blueprint import blueprint, body, described, gives, query
from .shapes import Asked, Given

Kind = Literal["text", "number", "date", "choice", "yes_no"]


class FieldQuery(Asked):
    """Of which campaign."""

    campaign: str | None = Field(default=None, max_length=400, description="Name of a campaign; none: all of them.")


class DefinedFieldOut(Given):
    """A field of a campaign."""

    id: str
    campaign: str
    name: str
    kind: Kind
    required: bool
    choices: list[str]
    assets: int = Field(description="Assets found by what it says: none in the trash or under a legal order.")


class FieldPage(Given):
    """Fields by campaign, in the order in which they were added."""

    items: list[DefinedFieldOut]


class FieldAsk(Asked):
    """A new field of a campaign that there is."""

    campaign: str = Field(max_length=400, description="Name of the campaign.")
    name: str = Field(max_length=200)
    kind: Kind = "text"
    required: bool = Field(default=False, description="Assets that do not say it are incomplete.")
    choices: list[str] = Field(default_factory=list, max_length=200, description="Of a choice, in their order.")


class FieldPatch(Asked):
    """What is left out stays; choices are all of them."""

    name: str | None = Field(default=None, max_length=200)
    kind: Kind | None = None
    required: bool | None = None
    choices: list[str] | None = Field(default=None, max_length=200)


class RemoveQuery(Asked):
    """Whether values go as well."""

    values: bool = Field(default=False, description="Remove the field although assets have values of it.")


class FieldGone(Given):
    """Of how many assets it said something."""

    assets: int


@blueprint.get("/fields")
@query(FieldQuery)
@gives(FieldPage)
@described("Fields", "List the fields of campaigns")
def list_fields(query: FieldQuery) -> dict[str, Any]:
    """Return the fields of one campaign, or of all."""
    found = catalog.list_fields(the_hub(), allowed("field.view"), query.campaign)
    return {"items": [one for fields in found.values() for one in fields]}


@blueprint.post("/fields")
@body(FieldAsk)
@gives(DefinedFieldOut, 201, "Done")
@described("Fields", "Add a field to a campaign")
def make_field(body: FieldAsk) -> DefinedField:
    """Ask something of all assets of a campaign."""
    wanted = Definition(body.name, body.kind, body.required, tuple(body.choices))
    return catalog.add_field(the_hub(), allowed("field.edit"), body.campaign, wanted)


@blueprint.patch("/fields/<field_id>")
@body(FieldPatch)
@gives(DefinedFieldOut)
@described("Fields", "Change a field")
def change_field(field_id: str, body: FieldPatch) -> DefinedField:
    """Change it and convert its values; refused where a value would not be taken."""
    choices = None if body.choices is None else tuple(body.choices)
    change = FieldChange(body.name, body.kind, body.required, choices)
    return catalog.change_field(the_hub(), allowed("field.edit"), field_id, change)


@blueprint.delete("/fields/<field_id>")
@query(RemoveQuery)
@gives(FieldGone)
@described("Fields", "Remove a field")
def remove_field(field_id: str, query: RemoveQuery) -> dict[str, int]:
    """Take a field away; refused where assets have values, unless those may go as well."""
    return {"assets": catalog.remove_field(the_hub(), allowed("field.edit"), field_id, values=query.values)}
