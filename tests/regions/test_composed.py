"""regions.composed: what a composed query answers is what Django's would."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import OuterRef, QuerySet
from django.test.utils import CaptureQueriesContext

from regions.composed import Composed, NotAValue
from regions.models import Airport, Council, Holiday, Region
from tests.factories import make_region

pytestmark = pytest.mark.django_db
CODES = ("MA-03", "MA-07", "MA-08", "MA-12")


@pytest.fixture(autouse=True)
def some_regions(db: None) -> None:
    for code in CODES:
        make_region(code)


def regions_by_slug(slug: str) -> QuerySet[Region]:
    return Region.objects.filter(slug=slug).select_related("council")


def test_the_rows_are_those_of_the_queryset_with_each_value() -> None:
    composed = Composed(regions_by_slug)
    for slug in ("dakhla-oued-ed-dahab", "marrakech-safi", "nowhere"):
        assert composed.rows(slug=slug) == list(regions_by_slug(slug))


def test_related_rows_and_annotations_come_along_in_the_one_query() -> None:
    here = Region.objects.get(code="MA-12")
    council = Council.objects.create(region=here, name_fr="CRT", status="")
    Airport.objects.create(region=here, name="Dakhla", iata="VIL", verified=True)
    codes = ArraySubquery(Airport.objects.filter(region=OuterRef("pk")).order_by("iata").values("iata"))
    composed = Composed(lambda slug: regions_by_slug(slug).annotate(codes=codes)[:1])
    composed.first(slug="marrakech-safi")
    with CaptureQueriesContext(connection) as asked:
        found = composed.first(slug="dakhla-oued-ed-dahab")
        assert (found and found.council, found and found.codes) == (council, ["VIL"])
    assert len(asked) == 1


def test_the_queryset_is_built_once_and_its_rows_are_read_each_time() -> None:
    built: list[str] = []

    def build(code: str) -> QuerySet[Region]:
        built.append(code)
        return Region.objects.filter(code=code)

    composed = Composed(build)
    assert [composed.first(code="MA-12").slug for _ in range(3)] == ["dakhla-oued-ed-dahab"] * 3
    Region.objects.filter(code="MA-12").update(name_en="Renamed")
    assert composed.first(code="MA-12").name_en == "Renamed"
    assert len(built) == 1


def test_what_is_limited_or_asked_as_values_stays_so() -> None:
    composed = Composed(lambda: Region.objects.order_by("-code").values("code")[:2])
    assert composed.rows() == composed.rows() == [{"code": "MA-12"}, {"code": "MA-08"}]


def test_lists_of_any_length_are_exchanged_item_by_item() -> None:
    some: Composed[Region] = Composed(lambda pks: Region.objects.filter(pk__in=pks).order_by("code"))
    pks = list(Region.objects.order_by("code").values_list("pk", flat=True))
    for wanted in (pks[:2], pks[1:3], pks, [pks[3]], []):
        assert [region.pk for region in some.rows(pks=wanted)] == wanted


def test_days_are_exchanged_as_days() -> None:
    Holiday.objects.create(day=date(2027, 1, 11), name_fr="Fête", name_ar="عيد", name_en="Feast")
    composed = Composed(lambda day: Holiday.objects.filter(day=day))
    assert [len(composed.rows(day=day)) for day in (date(2027, 1, 11), date(2027, 1, 12))] == [1, 0]


@pytest.mark.parametrize(
    "build",
    [
        lambda slug: Region.objects.filter(slug__contains=slug),
        lambda slug: Region.objects.all(),
    ],
)
def test_a_value_that_does_not_come_through_as_it_is_is_refused(build: Any) -> None:
    with pytest.raises(NotAValue):
        Composed(build).rows(slug="dakhla")


@pytest.mark.django_db(transaction=True)
def test_threads_with_connections_of_their_own_do_not_meet() -> None:
    slugs = list(Region.objects.order_by("code").values_list("slug", flat=True))
    composed = Composed(regions_by_slug)

    def ask(slug: str) -> list[str]:
        try:
            return [composed.first(slug=slug).slug for _ in range(20)]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(ask, slugs)) == [[slug] * 20 for slug in slugs]
