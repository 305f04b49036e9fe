"""What is printed the day before a stop: sheets to sign, badges, place cards, the list for the Wilaya's door,
the note of the delegation. Made on demand from the rows of the moment, for the team alone."""
