"""How often what the public reads has changed."""

from django.db import models


class PublicRevision(models.Model):
    """The sum of `number` over all rows is the revision: onmt_tour/revision.py reads it.

    Only the triggers of migration `public_revision` write here. There are as many rows as
    transactions have ever changed something public at the same moment: none waits for another.
    """

    number = models.BigIntegerField()

    def __str__(self) -> str:
        return f"révision {self.pk}"
