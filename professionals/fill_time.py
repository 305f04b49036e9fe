"""How long a form was looked at before it came back: signed, so that it cannot be made up.

It also names the form: the same one sent twice (a double tap, a page sent again) is known by it.
"""

import secrets
from datetime import timedelta

from django.core.signing import BadSignature, Signer

from outbox import clock

SHORTEST = timedelta(seconds=2)  # nobody reads, fills and sends faster, not even with autofill
LONGEST = timedelta(hours=12)


class TooFast(Exception):
    """A machine, or a page sent again at once."""


class TooOld(Exception):
    """The form stood open too long, or is not one of ours."""


def stamp() -> str:
    """What a form carries from the moment it is shown."""
    return _signer().sign(f"{int(clock.now().timestamp())}.{secrets.token_urlsafe(9)}")


def check(text: str) -> str:
    """The name of the form that carries `text`. Raises TooFast, TooOld."""
    try:
        form_id = _signer().unsign(text)
    except BadSignature:
        raise TooOld from None
    open_for = timedelta(seconds=clock.now().timestamp() - int(form_id.partition(".")[0]))
    if open_for < SHORTEST:
        raise TooFast
    if open_for > LONGEST:
        raise TooOld
    return form_id


def _signer() -> Signer:
    return Signer(salt="professionals.fill_time")
