"""`{% url %}` answers what Django's own does, and asks the routes once."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.template import Context, Template
from django.template.defaulttags import URLNode
from django.test import RequestFactory
from django.urls import NoReverseMatch, path, set_script_prefix
from django.utils import translation
from django.utils.functional import lazystr

from onmt_tour.templatetags import remembered_urls

STOP = "{% url 'meetings:stop' slug=slug %}"
urlpatterns = [path("ailleurs/<slug:slug>/<int:number>/", lambda request, slug, number: None, name="there")]


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    remembered_urls._address.cache_clear()
    yield
    remembered_urls._address.cache_clear()


def said(template: str, **context: object) -> str:
    return Template(template).render(Context(context))


def test_every_template_has_it_without_asking() -> None:
    nodes = Template(STOP).nodelist.get_nodes_by_type(URLNode)
    assert [type(node) for node in nodes] == [remembered_urls.RememberedURL]


def test_the_same_address_is_found_once_and_another_language_has_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []
    reverse = remembered_urls.reverse

    def noted(name: str, **options: Any) -> str:
        asked.append(name)
        return reverse(name, **options)

    monkeypatch.setattr(remembered_urls, "reverse", noted)
    assert [said(STOP, slug=lazystr("fes-meknes")) for _ in range(3)] == ["/fr/etapes/fes-meknes/"] * 3
    with translation.override("ar"):
        assert said(STOP, slug="fes-meknes") == "/ar/etapes/fes-meknes/"
    assert said(STOP, slug="oriental") == "/fr/etapes/oriental/"
    assert len(asked) == 3


def test_other_routes_and_another_prefix_are_not_mixed_up(settings) -> None:
    assert said(STOP, slug="oriental") == "/fr/etapes/oriental/"
    set_script_prefix("/tournee/")
    try:
        assert said(STOP, slug="oriental") == "/tournee/fr/etapes/oriental/"
    finally:
        set_script_prefix("/")
    settings.ROOT_URLCONF = __name__
    assert said("{% url 'there' 'a' 1 %}") == "/ailleurs/a/1/"
    with pytest.raises(NoReverseMatch):
        said(STOP, slug="oriental")


def test_what_leads_nowhere_is_an_error_or_an_empty_variable() -> None:
    with pytest.raises(NoReverseMatch):
        said("{% url 'meetings:nowhere' %}")
    assert said("{% url 'meetings:nowhere' as there %}[{{ there }}]") == "[]"
    assert said("{% url 'meetings:agenda' as there %}[{{ there }}]") == "[/fr/agenda/]"


def test_the_name_space_of_the_request_counts() -> None:
    request = RequestFactory().get("/")
    request.current_app = "admin"
    assert said("{% url 'admin:index' %}", request=request) == "/admin/"
