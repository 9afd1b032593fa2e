"""docker-compose.yml, the Dockerfile and what watches the lab, read without Docker."""
