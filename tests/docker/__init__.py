"""The lab in containers, as `make lab` has started it; needs Docker."""
