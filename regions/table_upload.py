"""Importing a table from a page: choose a file, read what would happen, then import exactly that.

The file goes through the browser twice: nothing is kept on the server between reading and importing. It is
read afresh, and the seal of what was shown comes with it: where the database, the file or its origin has
changed since, the second step shows what would happen now instead.
"""

import base64
import zlib
from dataclasses import dataclass
from typing import Any, Protocol

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from regions.sheets import LARGEST_FILE, Unreadable
from regions.table_import import Act, ChangedMeanwhile, NotAsSeen, Origin, Plan, Refused

# What comes back packed, in base64, must fit into DATA_UPLOAD_MAX_MEMORY_SIZE.
LARGEST_PACKED = 1_800_000


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Fichier"),
        required=False,
        help_text=gettext_lazy("CSV (« ; » ou « , ») ou XLSX, 4 Mo au plus."),
    )
    content = forms.CharField(widget=forms.HiddenInput, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    source = forms.CharField(
        label=gettext_lazy("Source de la donnée"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Pour les lignes qui ne la disent pas."),
    )
    legal_basis = forms.CharField(
        label=gettext_lazy("Base légale"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Pour les lignes qui ne la disent pas."),
    )

    def clean(self) -> dict[str, Any]:
        """The bytes of the file, chosen now or read before, as `bytes`."""
        said = super().clean() or {}
        if file := said.get("file"):
            if file.size > LARGEST_FILE:
                raise ValidationError(_("Ce fichier dépasse 4 Mo."))
            said["bytes"] = file.read()
            said["content"] = packed(said["bytes"])
        elif said.get("content"):
            said["bytes"] = unpacked(said["content"])
        else:
            raise ValidationError(_("Choisissez un fichier."))
        return said

    @property
    def origin(self) -> Origin:
        return Origin(source=self.cleaned_data["source"], legal_basis=self.cleaned_data["legal_basis"])

    def carrying(self, plan: Plan[Any]) -> "UploadForm":
        """The same form with the file and the seal of its plan inside, for the next step."""
        kept = {name: self.cleaned_data[name] for name in ("source", "legal_basis", "content")}
        return UploadForm({**kept, "seen": plan.seal})


def packed(content: bytes) -> str:
    """The file as a field of a form carries it. Raises ValidationError."""
    small = zlib.compress(content)
    if len(small) > LARGEST_PACKED:
        raise ValidationError(_("Ce fichier est trop volumineux : partagez-le."))
    return base64.b64encode(small).decode()


def unpacked(text: str) -> bytes:
    """Raises ValidationError for what no page of ours has written."""
    reader = zlib.decompressobj()
    try:
        content = reader.decompress(base64.b64decode(text, validate=True), LARGEST_FILE)
    except (ValueError, zlib.error) as error:  # not base64, not even ASCII, or not packed
        raise ValidationError(_("Choisissez le fichier de nouveau.")) from error
    if not reader.eof:
        raise ValidationError(_("Choisissez le fichier de nouveau."))
    return content


class Import(Protocol):
    """The module of one kind of rows."""

    def plan(self, content: bytes, *, origin: Origin) -> Plan[Any]: ...

    def run(self, content: bytes, *, origin: Origin, by: User, seen: str | None) -> Plan[Any]: ...


@dataclass(frozen=True, slots=True)
class Step:
    """What a request came to: a form to fill in, a plan to look at, or what was done."""

    form: UploadForm
    plan: Plan[Any] | None = None
    done: Plan[Any] | None = None

    @property
    def counts(self) -> list[tuple[str, int]]:
        return [(words(act), len(self.plan.of(act))) for act in Act] if self.plan else []

    @property
    def told(self) -> list[Any]:
        """Every row that is not left as it is, those to be mended first."""
        order = (Act.REFUSED, Act.UPDATE, Act.CREATE)
        return [row for act in order for row in self.plan.of(act)] if self.plan else []


def step(request: HttpRequest, module: Import, *, by: User) -> Step:
    """Read the file that was chosen, or import the one that was read."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method != "POST" or not form.is_valid():
        return Step(form)
    content, origin, seen = form.cleaned_data["bytes"], form.origin, form.cleaned_data["seen"]
    try:
        if "write" in request.POST:
            return Step(form, done=module.run(content, origin=origin, by=by, seen=seen))
        plan = module.plan(content, origin=origin)
    except Refused as refused:
        plan = refused.plan
    except NotAsSeen as changed:
        messages.warning(
            request, _("Ce n’est plus ce que vous avez lu : voici ce qui se passerait maintenant.")
        )
        plan = changed.plan
    except ChangedMeanwhile:
        form.add_error(None, _("Ces fiches viennent d’être modifiées ailleurs : recommencez."))
        return Step(form)
    except Unreadable as error:
        form.add_error("file", str(error))
        return Step(form)
    return Step(form.carrying(plan), plan=plan)


def words(act: Act) -> str:
    return {
        Act.CREATE: _("à créer"),
        Act.UPDATE: _("à mettre à jour"),
        Act.SAME: _("inchangés"),
        Act.REFUSED: _("à corriger"),
    }[act]
