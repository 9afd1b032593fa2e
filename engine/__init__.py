"""The venue and the services that run it."""
