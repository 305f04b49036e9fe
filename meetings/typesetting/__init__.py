"""How the printed agenda is set. Runs in a process of its own and imports nothing of the portal."""
