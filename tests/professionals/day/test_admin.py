from datetime import date

import pytest
from django.test import Client

from accounts.models import AuditEntry, Role
from professionals.models import DoorAccess
from tests.factories import make_staff, make_stop, make_user

pytestmark = pytest.mark.django_db
ADD = "/admin/professionals/dooraccess/add/"


def test_staff_open_a_door_to_an_account_of_the_door(client: Client) -> None:
    staff, door, stop = make_staff(), make_user(role=Role.DOOR), make_stop()
    client.force_login(staff)
    assert client.post(ADD, {"user": door.pk, "stop": stop.pk, "extended_to": ""}).status_code == 302
    made = DoorAccess.objects.get()
    assert (made.user, made.stop, made.extended_to) == (door, stop, None)
    assert AuditEntry.objects.filter(verb="added", target=f"dooraccess:{made.pk}", actor=staff).count() == 1


@pytest.mark.parametrize("role", [Role.STAFF, Role.PRESS])
def test_no_other_role_is_sent_to_a_door(client: Client, role: str) -> None:
    client.force_login(make_staff())
    answer = client.post(ADD, {"user": make_user(role=role).pk, "stop": make_stop().pk})
    assert answer.status_code == 200
    assert list(answer.context["adminform"].form.errors) == ["user"]


def test_an_access_may_be_prolonged(client: Client) -> None:
    access = DoorAccess.objects.create(user=make_user(role=Role.DOOR), stop=make_stop())
    client.force_login(make_staff())
    day = access.last_day.replace(year=access.last_day.year + 1)
    client.post(
        f"/admin/professionals/dooraccess/{access.pk}/change/",
        {"user": access.user_id, "stop": access.stop_id, "extended_to": day.isoformat()},
    )
    assert DoorAccess.objects.get().last_day == date(day.year, day.month, day.day)
