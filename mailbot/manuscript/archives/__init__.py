"""Archives from strangers: what lies in them, taken out within bounds."""
