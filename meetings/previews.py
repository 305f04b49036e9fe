"""What an order to invite would do now, for staff to look at before they give it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from meetings import again, audiences, filling, invitations, mail_texts, officials, unsubscribing
from meetings.audiences import Recipient
from meetings.invitations import Sorted
from meetings.mail_texts import Standing
from meetings.models import Campaign, Invitation, Stop
from outbox import rendering
from outbox.masking import links_masked
from regions.languages import ALL


@dataclass(frozen=True, slots=True)
class Sample:
    """The letter to one real person, as it would leave but for its links; `who`: how staff know them."""

    audience: str
    language: str
    who: str
    said: rendering.Rendered

    def masked(self) -> "Sample":
        """The same, with addresses that open nothing shown as such."""
        return replace(self, said=replace(self.said, text=links_masked(self.said.text)))


@dataclass(frozen=True, slots=True)
class Preview:
    """What an order would do now, for staff to look at before they give it."""

    counts: dict[tuple[str, str], int]  # (audience, language) -> invited by mail
    by_audience: dict[str, Sorted]
    closed: list[str]  # audiences the stop cannot ask now
    samples: list[Sample]

    @property
    def total(self) -> int:
        return sum(len(found.to_write) for found in self.by_audience.values())

    @property
    def unvalidated(self) -> dict[tuple[str, str], int]:
        """(audience, language) -> who waits until the text in it is validated."""
        return dict(
            Counter(
                (name, person.language)
                for name, found in self.by_audience.items()
                for person in found.unvalidated
            )
        )


def preview(stop: Stop, chosen: Iterable[str]) -> Preview:
    """Count, by audience and language, whom an order would write to; and one letter in each language."""
    names, there = invitations.chosen_in_order(chosen), mail_texts.standing(stop.tour_id, invitations.PURPOSE)
    found = {name: invitations.sort(stop, name, there) for name in names if invitations.invitable(stop, name)}
    return _told(stop, names, found, there)


def preview_again(campaign: Campaign) -> Preview:
    """The same of an order to those whom another does not reach, as things stand."""
    stop, there = campaign.stop, mail_texts.standing(campaign.stop.tour_id, invitations.PURPOSE)
    missed = again.missed(campaign)
    names = invitations.chosen_in_order(campaign.audiences)
    found = {
        name: _invited(name, [one for _pk, audience, one in missed.people if audience == name], there)
        for name in names
        if invitations.invitable(stop, name)
    }
    return _told(stop, names, found, there)


def _invited(audience: str, people: list[Recipient], there: Standing) -> Sorted:
    """These people, who are invited already, by whether somebody stands for the words in their language."""
    kind = mail_texts.kind_of(invitations.PURPOSE, audience)
    return Sorted(
        by_mail=[person for person in people if (kind, person.language) in there],
        by_letter=[],
        already=0,
        refusing=0,
        as_officials=0,
        unvalidated=[person for person in people if (kind, person.language) not in there],
    )


def _told(stop: Stop, names: list[str], by_audience: dict[str, Sorted], there: Standing) -> Preview:
    counts = Counter(
        (name, person.language) for name, found in by_audience.items() for person in found.by_mail
    )
    return Preview(
        counts=dict(counts),
        by_audience=by_audience,
        closed=[name for name in names if name not in by_audience],
        samples=list(_samples(stop, by_audience, there)),
    )


def _samples(stop: Stop, by_audience: dict[str, Sorted], there: Standing) -> Iterator[Sample]:
    """The letter to the first person of each language."""
    for language in ALL:
        for name, found in by_audience.items():
            if person := next((one for one in found.by_mail if one.language == language), None):
                named = audiences.get(name).names
                who = named([person.key]).get(person.key, "") if named else ""
                yield Sample(name, language, who or person.name, _example(stop, name, person, there))
                break


def _example(stop: Stop, audience: str, person: Recipient, there: Standing) -> rendering.Rendered:
    """The letter to one person, as it would leave; its links lead nowhere."""
    unsaved = Invitation(pk=0, stop=stop, audience=audience, key=person.key, nonce="")
    official = officials.by_key([person.key]).get(person.key)
    text = there[mail_texts.kind_of(invitations.PURPOSE, audience), person.language]
    said = filling.context(text, invitations.context(stop, unsaved, person, official=official))
    said["unsubscribe_url"] = unsubscribing.nowhere(person.language)
    return rendering.render(filling.TEMPLATE, said, language=person.language)
