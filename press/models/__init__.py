"""What the press is given, and who the press is."""

from press.models.journalist import Journalist, MediaKind
from press.models.published import Photo, PressRelease

__all__ = ["Journalist", "MediaKind", "Photo", "PressRelease"]
