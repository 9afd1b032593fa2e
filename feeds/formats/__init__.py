"""Formats of tick files, one a module; `detect` says which one a file is written in."""
