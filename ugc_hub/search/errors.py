"""What goes wrong with an index; apart from the engines, so that who only looks after one loads none."""

from __future__ import annotations


class Corrupt(Exception):
    """The index is damaged, or made by another version: build it anew (`Engine.aside`) and swap."""
