"""The web door: pages for people, an API for programs, bytes for both; the only place that knows Flask."""
