"""meetings/handing_out.py: one answer for files and pictures."""

from django.http import HttpResponse
from django.test import RequestFactory

from meetings import handing_out, printing
from meetings.handing_out import File


def answered(file: File, **headers: str) -> HttpResponse:
    request = RequestFactory().get("/", headers=headers)
    return handing_out.answer(request, "asked", lambda: file)


def test_a_file_is_everybodys_and_asked_after_each_time() -> None:
    answer = answered(File("asked", b"words", "text/csv", "attachment"))
    assert answer.content == b"words"
    assert dict(answer.headers) == {
        "Content-Type": "text/csv",
        "Content-Disposition": "attachment",
        "ETag": 'W/"asked"',
        "Cache-Control": "public, no-cache",
        "X-Content-Type-Options": "nosniff",
    }
    assert "Content-Disposition" not in answered(File("asked", b"", "image/png"))


def test_who_has_it_is_told_so_and_nothing_is_made() -> None:
    request = RequestFactory().get("/", headers={"If-None-Match": 'W/"asked"'})
    answer = handing_out.answer(request, "asked", lambda: 1 / 0)  # type: ignore[return-value]
    assert (answer.status_code, answer["ETag"]) == (304, 'W/"asked"')


def test_what_was_released_meanwhile_goes_out_under_its_own_key() -> None:
    assert answered(File("newer", b"", "text/csv"))["ETag"] == 'W/"newer"'


def test_what_is_being_made_is_asked_for_again() -> None:
    def make() -> File:
        raise printing.NotReady

    answer = handing_out.answer(RequestFactory().get("/fr/"), "asked", make)
    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "5", "no-store")
    assert "ETag" not in answer


def test_no_title_breaks_out_of_the_header() -> None:
    header = handing_out.disposition("attachment", "agenda.pdf", 'a/b\\c"d\r\nSet-Cookie: x;é.pdf')
    assert (
        header
        == "attachment; filename=\"agenda.pdf\"; filename*=UTF-8''a%20b%20c%20d%20Set-Cookie%20x%3B%C3%A9.pdf"
    )
