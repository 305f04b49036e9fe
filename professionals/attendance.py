"""What `meetings` may ask and tell of those who come; put in its registries when the portal starts."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from meetings import attendance, audiences, officials
from meetings.attendance import Taken
from meetings.audiences import Audience, Person, Recipient
from meetings.models import Meeting, Stop
from professionals import morrow, personal_links, promotion, roll, room, workshops
from professionals.delegations import asking
from professionals.models import Delegation, Professional, Registration, RegistrationQuerySet


class Registrations:
    """meetings.attendance.Attendance, by the rules of `seats` and `workshops`."""

    def taken(self, stop_ids: Iterable[int]) -> Mapping[int, Taken]:
        return room.taken(stop_ids)

    def room_changed(self, stop: Stop, *, before: Taken | None = None) -> None:
        promotion.room_changed(stop, before=before)

    def meeting_withdrawn(self, meeting: Meeting) -> None:
        workshops.meeting_withdrawn(meeting)


def register() -> None:
    """Fill the registries: who comes, and the five audiences around a stop."""
    attendance.register(Registrations())
    audiences.register(
        Audience(
            name="professionals",
            label=_("Professionnels de la région, non inscrits"),
            members=_invitable,
            some=_invitable,
            invitable=True,
            answer_url=personal_links.answer_url,
            names=_names_of_professionals,
            persons=_persons,
            registered=_registered,
        )
    )
    for name, label, chosen in (
        ("registered", _("Inscrits et liste d’attente"), RegistrationQuerySet.active),
        ("seated", _("Inscrits avec une place"), RegistrationQuerySet.seated),
        ("waiting", _("Liste d’attente"), RegistrationQuerySet.queue),
    ):
        _register(name, label, _members(chosen))
    audiences.register(
        Audience(
            name="delegations",
            label=_("Qui a demandé des places pour son établissement"),
            members=_contacts,
            some=_contacts,
            invitable=False,
            names=_names_of_contacts,
        )
    )
    seen = _members(RegistrationQuerySet.attended)
    _register("attended", _("Présents à l’étape"), _with(seen, morrow.attended))
    for name, label, states in (
        ("missed", _("Absents de l’étape"), (roll.State.ABSENT,)),
        ("excused", _("Excusés et représentés"), (roll.State.EXCUSED, roll.State.REPRESENTED)),
    ):
        _register(name, label, _with(_absent(*states), morrow.absent(*states)))


def _with(people: morrow.Members, guests: morrow.Members) -> morrow.Members:
    """Professionals and officials."""

    def members(stop: Stop, keys: Collection[str] | None = None) -> Iterable[Recipient]:
        yield from people(stop, keys)
        yield from guests(stop, keys)

    return members


def _register(name: str, label: Any, members: Callable[..., Iterable[Recipient]]) -> None:
    audiences.register(
        Audience(
            name=name,
            label=label,
            members=members,
            some=members,
            invitable=False,
            names=_names_of_registrations,
        )
    )


def _absent(*chosen: roll.State) -> Callable[..., Iterable[Recipient]]:
    """Who had a seat and was not there, once the team has gone through the roll."""

    def members(stop: Stop, keys: Collection[str] | None = None) -> Iterable[Recipient]:
        found = roll.not_there(stop, *chosen)
        wanted = found if keys is None else sorted({*found} & {*_numbers(keys, "registration")})
        return _members(RegistrationQuerySet.seated)(stop, [f"registration:{pk}" for pk in wanted])

    return members


def _invitable(stop: Stop, keys: Collection[str] | None = None) -> Iterable[Recipient]:
    """The region's professionals who never registered for this stop. Who gave a seat up is left alone,
    and who has no mail address is invited by telephone."""
    people = Professional.objects.filter(organisation__region=stop.region_id).exclude(email="")
    if keys is not None:
        people = people.filter(pk__in=_numbers(keys, "professional"))
    for person in people.exclude(registrations__stop=stop.pk).order_by("pk").iterator(chunk_size=500):
        yield Recipient(
            email=person.email,
            name=person.name,
            language=person.language,
            key=f"professional:{person.pk}",
            phone=str(person.phone),
        )


def _registered(stop: Stop) -> Mapping[str, datetime]:
    """Who has a seat or waits for one, and since when."""
    found = Registration.objects.filter(stop=stop.pk).active()
    return {f"professional:{pk}": at for pk, at in found.values_list("professional_id", "confirmed_at")}


def _members(
    chosen: Callable[[RegistrationQuerySet], RegistrationQuerySet],
) -> Callable[..., Iterable[Recipient]]:
    def members(stop: Stop, keys: Collection[str] | None = None) -> Iterable[Recipient]:
        found = chosen(Registration.objects.filter(stop=stop.pk)).select_related("professional")
        if keys is not None:
            found = found.filter(pk__in=_numbers(keys, "registration"))
        for registration in found.order_by("confirmed_at", "pk"):
            person = registration.professional
            yield Recipient(
                email=person.email,
                name=person.name,
                language=person.language,
                key=f"registration:{registration.pk}",
                links=personal_links.of_registration(registration),
                phone=str(person.phone),
                calendar_step=registration.calendar_step,
            )

    return members


def _contacts(stop: Stop, keys: Collection[str] | None = None) -> Iterable[Recipient]:
    """Who asked for places of a delegation that stands: whether or not they come themselves."""
    found = Delegation.objects.filter(stop=stop.pk, status__in=asking.STANDS).select_related("contact")
    if keys is not None:
        found = found.filter(pk__in=_numbers(keys, "delegation"))
    for delegation in found.order_by("confirmed_at", "pk"):
        contact = delegation.contact
        yield Recipient(
            email=contact.email,
            name=contact.name,
            language=contact.language,
            key=f"delegation:{delegation.pk}",
            links={"registration": personal_links.delegation_url(delegation)},
            phone=str(contact.phone),
        )


def _names_of_contacts(keys: Iterable[str]) -> Mapping[str, str]:
    found = Delegation.objects.filter(pk__in=_numbers(keys, "delegation"))
    return {f"delegation:{pk}": name for pk, name in found.values_list("pk", "contact__name")}


def _names_of_professionals(keys: Iterable[str]) -> Mapping[str, str]:
    found = Professional.objects.filter(pk__in=_numbers(keys, "professional"))
    return {f"professional:{pk}": name for pk, name in found.values_list("pk", "name")}


def _persons(keys: Iterable[str]) -> Mapping[str, Person]:
    found = Professional.objects.filter(pk__in=_numbers(keys, "professional")).select_related("organisation")
    return {f"professional:{one.pk}": Person(one.name, one.organisation.name, one.language) for one in found}


def _names_of_registrations(keys: Iterable[str]) -> Mapping[str, str]:
    keys = list(keys)
    found = Registration.objects.filter(pk__in=_numbers(keys, "registration"))
    names = {f"registration:{pk}": name for pk, name in found.values_list("pk", "professional__name")}
    others = [key for key in keys if key.startswith("official:")]
    return {**names, **officials.names(others)} if others else names


def _numbers(keys: Iterable[str], kind: str) -> list[int]:
    return [int(key.removeprefix(f"{kind}:")) for key in keys if key.startswith(f"{kind}:")]
