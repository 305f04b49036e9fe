"""One person, or one establishment, written down twice: found, merged, and for a day taken apart again."""
