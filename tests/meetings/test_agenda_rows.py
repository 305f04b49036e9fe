"""meetings.templatetags.agenda_rows: the meetings in a row of the agenda."""

from django.template import Context, Template
from django.utils import translation

MEETINGS = [
    {"starts": "10:00", "title": {"fr": "Plénière", "ar": "جلسة عامة", "en": "Plenary"}},
    {"starts": "14:30", "title": {"fr": "Atelier <B2B> !", "ar": "", "en": ""}},
]


def test_each_meeting_has_its_hour_and_its_title_escaped_and_marked_where_it_is_french() -> None:
    with translation.override("ar"):
        said = Template("{% load agenda_rows %}{% slots meetings %}").render(Context({"meetings": MEETINGS}))
    assert said == (
        '<li><b class="num"><bdi dir="ltr">10:00</bdi></b> جلسة عامة</li>'
        '<li><b class="num"><bdi dir="ltr">14:30</bdi></b> '
        '<span lang="fr" dir="ltr">Atelier &lt;B2B&gt;\u202f!</span></li>'
    )
