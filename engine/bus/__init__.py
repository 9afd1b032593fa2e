"""How batches of commands and events travel between the services."""
