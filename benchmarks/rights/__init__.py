"""Asking the grants: one question about one asset, and one question about all of them."""
