"""The professionals as a table: brought in from a file, and handed out as one that comes back unchanged."""
