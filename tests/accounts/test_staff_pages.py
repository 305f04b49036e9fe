"""Working pages are for the team alone, and nobody keeps them."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import RequestFactory

from accounts.models import Role, User
from accounts.staff_pages import staff_page

STAFF = {"is_staff": True, "is_active": True, "role": Role.STAFF}


def answered(**fields: object) -> HttpResponse:
    request = RequestFactory().get("/pilotage/")
    request.user = User(**{**STAFF, **fields})
    response = staff_page(lambda request: HttpResponse("bien"))(request)
    assert isinstance(response, HttpResponse)
    return response


def test_the_team_enters_and_nothing_is_kept() -> None:
    response = answered()
    assert response.content == b"bien"
    assert response["Cache-Control"] == "no-store, private"
    assert response["X-Robots-Tag"] == "noindex, nofollow"


@pytest.mark.parametrize(
    "fields", [{"role": Role.PRESS}, {"role": Role.DOOR}, {"is_staff": False}, {"is_active": False}]
)
def test_nobody_else_does(fields: dict[str, object]) -> None:
    with pytest.raises(PermissionDenied):
        answered(**fields)
