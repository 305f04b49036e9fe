"""Through which of our own means somebody came to register: counted, never traced.

The codes to scan and the ready messages of a stop's kit carry a word in their address. The form hands it
on, the registration keeps it, and statistics count it; nothing is stored on the reader's device.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

PARAMETER = "par"


class Channel(models.TextChoices):
    POSTER = "affiche", _("affiche")
    SQUARE = "image", _("image à partager")
    MESSAGE = "message", _("message à transmettre")
    DOOR = "accueil", _("sur place")
    TELEPHONE = "telephone", _("téléphone")


# What staff write down themselves, not an address.
OURS = {Channel.DOOR, Channel.TELEPHONE}


def read(written: str | None) -> str:
    """The channel named in an address, "" for none and for whatever else people write there."""
    return written if written in Channel.values and written not in OURS else ""
