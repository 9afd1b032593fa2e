"""Labs of scenes: claims in words, each a lab whose outcome is checked and told as a table."""
