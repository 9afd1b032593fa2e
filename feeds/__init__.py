"""Everything that sends the venue commands: tick files, pace, the crowd, the demo's own market."""
