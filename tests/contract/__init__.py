"""The contract of the topics, read by the parser of those who made the form."""
