"""Public pages from memory: anonymous GET and HEAD are answered before anything else looks at them.

What a view declared `accounts.public_pages.public_page` answers is kept by this process and given out
again, as long as the revision of the data, the date and the moments passed (onmt_tour/revision.py) are
those it was made at. All else a public answer depends on cannot change while the process lives: code,
catalogues, templates, names of static files. Kept or not, an answer takes the same way out of here, so
its bytes and headers are the same.

The version is read before the view reads anything. When something changes meanwhile, the answer stands
under the version before the change and nobody asks for it again; the triggers bump in the transaction
of the change, so nobody meets the new version with the old data.

Not kept: what sets or depends on a cookie (a form has a token of its reader's: docs/decisions/0009), what
says private or no-store, every status but 200. Who has a session or a message goes past the store.
"""

from collections.abc import Callable, Hashable
from http import HTTPStatus
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import parse_http_date_safe

from accounts.public_pages import DECLARED
from onmt_tour import revision
from onmt_tour.page_store import Page, Store, coding_for, etag_of, may_compress
from onmt_tour.revision import Version

MOST_HOSTS = 100
# Of the room of the store: pages with a query, which anybody can invent, never displace those without.
QUERIES_PART = 4
MAY_VARY = {"accept-encoding", "hx-request"}
CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE")
OF_THE_CODING = {"content-length", "content-encoding", "etag"}
NOT_WITH_304 = ("Content-Type", "Content-Disposition", "Content-Language")

pages = Store(settings.PUBLIC_PAGES_BYTES * (QUERIES_PART - 1) // QUERIES_PART)
queries = Store(settings.PUBLIC_PAGES_BYTES // QUERIES_PART)
# Which parameters count, of addresses answered before: only those that exist come here.
parameters: dict[str, frozenset[str]] = {}


def forget() -> None:
    """Begin anew: for tests, which change what no process changes."""
    pages.clear()
    queries.clear()
    parameters.clear()


class Spot(NamedTuple):
    """A place in a store."""

    store: Store
    key: Hashable

    def get(self) -> Page | None:
        return self.store.get(self.key)

    def put(self, page: Page) -> None:
        self.store.put(self.key, page)


class Asked(NamedTuple):
    """What a request for a public page found out before its view was asked."""

    parameters: frozenset[str]
    version: Version | None


class PublicPages:
    """First in MIDDLEWARE."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.static = settings.STATIC_URL
        self.hosts: set[str] = set()
        # Cookies whose bearer may be answered otherwise than everybody.
        self.personal = (f"{settings.SESSION_COOKIE_NAME}=", f"{CookieStorage.cookie_name}=")

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method not in ("GET", "HEAD") or request.path_info.startswith(self.static):
            return self.get_response(request)
        cookies = request.META.get("HTTP_COOKIE")
        if cookies and any(name in cookies for name in self.personal):
            return self.past(request)
        spot = self.spot(request)
        # The database is asked about addresses that were answered before, and about no others.
        if spot and (page := spot.get()) and page.version == revision.current():
            return answer(page, request, spot)
        return self.fresh(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """A public view is asked with the parameters it declared and no others, kept or not."""
        declared: frozenset[str] | None = getattr(view, DECLARED, None)
        if declared is None:
            return
        # Read before the view reads anything, and only where the answer may be kept.
        version = revision.current() if hasattr(request, "may_be_kept") else None
        request.public_page = Asked(declared, version)  # type: ignore[attr-defined]
        if len(given := read_of(request, declared)) < len(request.GET):
            known = QueryDict(mutable=True)
            for name, values in given:
                known.setlist(name, values)
            known._mutable = False
            request.GET = known  # type: ignore[assignment]

    def past(self, request: HttpRequest) -> HttpResponseBase:
        """Past the store; what looks public must not be kept by others either."""
        response = self.get_response(request)
        if hasattr(request, "public_page") and not response.has_header("Cache-Control"):
            response.headers["Cache-Control"] = "private, no-cache"
        return response

    def spot(self, request: HttpRequest) -> Spot | None:
        """Where the answer may stand; None while that is not known."""
        host = request.META.get("HTTP_HOST", "")
        if host not in self.hosts:
            try:
                request.get_host()
            except DisallowedHost:
                return None  # refused by those behind us
            if len(self.hosts) < MOST_HOSTS:  # the port is anybody's choice
                self.hosts.add(host)
        if not request.META.get("QUERY_STRING"):
            return spot_of(request, frozenset())
        declared = parameters.get(request.path_info)
        return None if declared is None else spot_of(request, declared)

    def fresh(self, request: HttpRequest) -> HttpResponseBase:
        """Ask the view for the whole answer, whatever part of it the reader has already."""
        conditions = {name: request.META.pop(name) for name in CONDITIONS if name in request.META}
        method, request.method = request.method, "GET"
        request.may_be_kept = True  # type: ignore[attr-defined]
        response = self.get_response(request)
        request.method = method
        request.META.update(conditions)
        asked: Asked | None = getattr(request, "public_page", None)
        if asked is None or not is_everybodys(response):
            return conditional(request, response) if conditions else response
        page, spot = page_of(response, asked.version), None
        if asked.version and revision.still(asked.version):
            parameters.setdefault(request.path_info, asked.parameters)
            spot = spot_of(request, asked.parameters)
            spot.put(page)
        return answer(page, request, spot)


def read_of(request: HttpRequest, declared: frozenset[str]) -> list[tuple[str, list[str]]]:
    """The parameters that a view reads. A field left empty in a form is none."""
    return [(name, values) for name, values in request.GET.lists() if name in declared and any(values)]


def spot_of(request: HttpRequest, declared: frozenset[str]) -> Spot:
    """Parameters that the view does not read make no other page, nor does the order of those it reads."""
    scheme, fragment = request.scheme, request.META.get("HTTP_HX_REQUEST") == "true"
    if declared and (given := read_of(request, declared)):
        query = tuple(sorted((name, *map(str, values)) for name, values in given))
        return Spot(queries, (request.path_info, scheme, fragment, query))
    return Spot(pages, (request.path_info, scheme, fragment))


def is_everybodys(response: HttpResponseBase) -> bool:
    """Whether the next reader would be answered the same."""
    vary = {name.strip().lower() for name in response.headers.get("Vary", "").split(",") if name.strip()}
    control = response.headers.get("Cache-Control", "")
    return (
        response.status_code == HTTPStatus.OK
        and not response.cookies
        and vary <= MAY_VARY
        and "private" not in control
        and "no-store" not in control
    )


def page_of(response: HttpResponseBase, version: Version | None) -> Page:
    body = b"".join(response)
    if response.streaming:
        _let_go(response)
    compressible = may_compress(response.headers.get("Content-Type", ""), body)
    if compressible:
        patch_vary_headers(response, ["Accept-Encoding"])
    response.headers.setdefault("Cache-Control", "public, no-cache")
    etag = response.headers.get("ETag") or etag_of(body)
    headers = {name: value for name, value in response.items() if name.lower() not in OF_THE_CODING}
    headers["ETag"] = etag if etag.startswith("W/") else f"W/{etag}"  # the same for every coding
    return Page(body=body, headers=headers, version=version, compressible=compressible)


def answer(page: Page, request: HttpRequest, spot: Spot | None) -> HttpResponseBase:
    """The page in the coding this reader takes; 304 for who has it; its headers alone for HEAD."""
    meta = request.META
    if meta.get("HTTP_IF_NONE_MATCH") == page.headers["ETag"]:
        return not_modified(page)
    if any(name in meta for name in CONDITIONS):
        checked = get_conditional_response(
            request,
            etag=page.headers["ETag"],
            last_modified=parse_http_date_safe(page.headers.get("Last-Modified", "")),
        )
        if checked is not None:
            return not_modified(page) if checked.status_code == HTTPStatus.NOT_MODIFIED else checked
    coding = coding_for(meta.get("HTTP_ACCEPT_ENCODING", "")) if page.compressible else ""
    known = len(page.codings)
    body = page.coded(coding)
    if spot and len(page.codings) != known:
        spot.put(page)  # it has grown
    response = HttpResponse(b"" if request.method == "HEAD" else body, headers=page.headers)
    response.headers["Content-Length"] = str(len(body))
    if coding:
        response.headers["Content-Encoding"] = coding
    return response


def not_modified(page: Page) -> HttpResponse:
    response = HttpResponse(status=HTTPStatus.NOT_MODIFIED, headers=page.headers)
    for name in NOT_WITH_304:
        del response.headers[name]
    return response


def conditional(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """What the view itself would have answered to the conditions kept from it."""
    etag, modified = response.headers.get("ETag"), response.headers.get("Last-Modified", "")
    if not (etag or modified):
        return response
    checked = get_conditional_response(
        request,
        etag=etag,
        last_modified=parse_http_date_safe(modified),
        response=response,  # type: ignore[arg-type]
    )
    if checked is None or checked is response:
        return response
    _let_go(response)
    return checked


def _let_go(response: HttpResponseBase) -> None:
    """Close what an answer would have been read from; the request is not over yet, as `close` would say."""
    for close in response._resource_closers:  # type: ignore[attr-defined]
        close()
