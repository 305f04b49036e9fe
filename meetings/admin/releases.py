"""What was published, version after version: to be read."""

import json

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.recorded import ReadOnlyAdmin
from meetings import differences
from meetings.admin.tours import found_by
from meetings.models import Release


@admin.register(Release)
class ReleaseAdmin(ReadOnlyAdmin):
    list_display = ("stop", "number", "at", "by")
    list_filter = ("stop__tour", "stop__region")
    list_select_related = ("stop", "by")
    search_fields = found_by("stop__city")
    fields = ("stop", "number", "at", "by", "changed", "whole")
    readonly_fields = ("changed", "whole")

    @admin.display(description=_("changements"))
    def changed(self, release: Release) -> SafeString | str:
        before = Release.objects.filter(stop=release.stop, number__lt=release.number).first()
        if before is None:
            return gettext("Première version.")
        lines = differences.between(before.document, release.document)
        lines += differences.between(before.restricted, release.restricted)
        return as_list(lines)

    @admin.display(description=_("document"))
    def whole(self, release: Release) -> SafeString:
        kept = {"public": release.document, "restricted": release.restricted}
        return format_html("<pre>{}</pre>", json.dumps(kept, ensure_ascii=False, indent=2))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)


def as_list(lines: list[str]) -> SafeString:
    return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((line,) for line in lines)))
