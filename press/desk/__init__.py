"""The press desk, for the team and its agency: what is given to the press, and who the press is."""
