"""Several places for one establishment: asked for as a number, named later by whoever asked."""
