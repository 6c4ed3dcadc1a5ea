"""Repeatable measurements, each beside its peers: `make bench`."""
