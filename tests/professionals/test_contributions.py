"""What people say they expect: word for word, once, theirs to take back."""

import pytest

from professionals import contributions
from professionals.models import Contribution
from tests.factories import make_registration, make_stop

pytestmark = pytest.mark.django_db


def test_the_same_words_twice_are_said_once_and_long_arabic_fits() -> None:
    mine = make_registration(make_stop())
    long = "رحلات مباشرة على مدار السنة " * 70
    for text in ("Des vols directs.", "Des vols directs.", long):
        contributions.say(mine, text, language="fr")
    assert [one.text for one in contributions.of(mine)] == ["Des vols directs.", long]


def test_one_takes_back_ones_own_and_nobody_elses() -> None:
    stop = make_stop()
    mine, other = make_registration(stop), make_registration(stop)
    contributions.say(mine, "Des vols.", language="fr")
    contributions.say(other, "Des vols.", language="fr")
    theirs = contributions.of(other).get()
    contributions.take_back(mine, theirs.pk)
    contributions.take_back(mine, contributions.of(mine).get().pk)
    assert list(Contribution.objects.all()) == [theirs]


def test_nobody_says_more_than_ten_things_at_a_stop() -> None:
    mine = make_registration(make_stop())
    for number in range(contributions.MOST):
        contributions.say(mine, f"Point {number}", language="fr")
    with pytest.raises(contributions.TooMany):
        contributions.say(mine, "Un de plus", language="fr")
