"""One file a named check."""
