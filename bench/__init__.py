"""How fast the public pages are, against a bare Django view in the same run. `make bench`."""
