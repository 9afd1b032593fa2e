"""What a run means to a reader: summary, tables, tree, page."""
