"""The list as a device at the door keeps it: signed by the portal, with the key it is locked away with.

The signature says that the list is ours and whole; the device checks it when the list comes and again
each time it opens what it kept. The key is the portal's gift to one account at one door: it is made from
LINK_KEY, the account, the stop and the hour at which the access ends, so that an access that ends early,
or is prolonged, has another key. What can be kept from whom is told in docs/decisions.
"""

import base64
import hashlib
import hmac
import json
from datetime import datetime
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from django.conf import settings

from accounts.models import User
from meetings.models import Stop
from outbox import clock
from professionals import presence
from professionals.day import access, expected
from regions import legal_time

# The order of P-256: private keys are smaller.
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def sealed_list(stop: Stop, user: User, language: str) -> dict[str, Any]:
    """What `liste.json` answers: the list as text, its signature, the key and the hour both end."""
    until = access.ends_at(user, stop)
    text = json.dumps(written(stop, user, language, until), ensure_ascii=False, separators=(",", ":"))
    return {
        "list": text,
        "signature": encoded(signature(text.encode())),
        "key": encoded(key_for(user, stop, until)),
        "until": until.isoformat(),
    }


def written(stop: Stop, user: User, language: str, until: datetime) -> dict[str, Any]:
    """Names are short: a thousand people travel over a weak network."""
    now = clock.now()
    return {
        "stop": stop.slug,
        "me": user.pk,
        "author": str(user),
        "until": until.isoformat(),
        "opens": legal_time.instant(stop.date, legal_time.wall_clock(now).time().min).isoformat(),
        # Minutes between Moroccan clocks and UTC: a telephone's own zone may be another, or out of date.
        "offset": int((legal_time.wall_clock(now).utcoffset() or now - now).total_seconds() // 60),
        "doors": [{"id": meeting.pk, "name": str(meeting)} for meeting in presence.doors(stop)],
        "people": [
            {
                "k": one.key,
                "n": one.name,
                "m": one.name_ar,
                "o": one.organisation,
                "f": one.function,
                "a": one.audience,
                "g": one.category,
                "s": one.status,
                "c": one.code,
                "b": one.badge,
                "w": one.workshops,
                "x": one.folded,
            }
            for one in expected.people(stop, language)
        ],
    }


def key_for(user: User, stop: Stop, until: datetime) -> bytes:
    """256 bits, for AES-GCM."""
    purpose = f"door list:{user.pk}:{stop.pk}:{until.isoformat()}"
    return hmac.new(settings.LINK_KEY.encode(), purpose.encode(), hashlib.sha256).digest()


def signature(text: bytes) -> bytes:
    """ECDSA over P-256 and SHA-256, as WebCrypto takes it: r and s, 32 bytes each."""
    made = _signer(settings.LINK_KEY).sign(text, ec.ECDSA(hashes.SHA256()))
    return b"".join(number.to_bytes(32, "big") for number in utils.decode_dss_signature(made))


def verifying_key() -> str:
    """What the page checks signatures with: an uncompressed point."""
    point = _signer(settings.LINK_KEY).public_key()
    return encoded(
        point.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    )


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


@cache
def _signer(secret: str) -> ec.EllipticCurvePrivateKey:
    digest = hashlib.sha512(b"door list signature:" + secret.encode()).digest()
    return ec.derive_private_key(int.from_bytes(digest, "big") % (ORDER - 1) + 1, ec.SECP256R1())
