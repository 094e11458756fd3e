"""What goes to the editors: the daily digest."""
