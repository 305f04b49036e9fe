"""Every page of the press desk, taken from the URLconf, with rows behind that make each one answer."""

import io
from collections.abc import Iterator

import pikepdf
from django.urls import reverse

from meetings.models import Stop
from press import files
from press.desk import urls
from press.models import PressRelease
from tests.factories import make_stop
from tests.press import rows


def every_page(stop: Stop | None = None) -> Iterator[str]:
    """Raises KeyError for a page without an example."""
    draft, public = _draft(), rows.make_press_release()
    photo, journalist, stop = rows.make_photo(), rows.make_journalist(), stop or make_stop()
    examples: dict[str, list[dict[str, object]]] = {
        "index": [{}],
        "contact": [{"house": "onmt"}, {"house": "agency"}],
        "new_communique": [{}],
        "communique": [{"pk": draft.pk}, {"pk": public.pk}],
        "document": [{"pk": draft.pk}],
        "photos": [{}],
        "photo": [{"pk": photo.pk}, {"pk": rows.make_photo(published_at=None).pk}],
        "picture": [{"pk": photo.pk}],
        "small_picture": [{"pk": photo.pk}],
        "file": [{}],
        "import": [{}],
        "new_journalist": [{}],
        "journalist": [{"pk": journalist.pk}],
        "stop": [{"slug": stop.slug}],
        "door": [{"slug": stop.slug}],
        "door_table": [{"slug": stop.slug}],
    }
    for entry in urls.urlpatterns:
        for kwargs in examples[str(entry.name)]:
            yield reverse(f"press_desk:{entry.name}", kwargs=kwargs)


def _draft() -> PressRelease:
    document = pikepdf.new()
    document.add_blank_page()
    written = io.BytesIO()
    document.save(written)
    return rows.make_press_release(published_at=None, document=files.save(written.getvalue(), "pdf"))
