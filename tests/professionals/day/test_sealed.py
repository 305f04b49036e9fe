import base64
import json
from datetime import timedelta

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from django.test import override_settings

from professionals import badges, personal_links
from professionals.day import sealed
from professionals.models import DoorAccess
from tests.factories import make_door, make_invitation, make_official, make_registration, make_stop

pytestmark = pytest.mark.django_db


def verify(text: str, signature: str) -> None:
    point = base64.b64decode(sealed.verifying_key())
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    raw = base64.b64decode(signature)
    r, s = (int.from_bytes(half, "big") for half in (raw[:32], raw[32:]))
    key.verify(utils.encode_dss_signature(r, s), text.encode(), ec.ECDSA(hashes.SHA256()))


def test_the_list_is_signed_and_a_changed_one_is_not_ours() -> None:
    stop = make_stop()
    make_registration(stop)
    made = sealed.sealed_list(stop, make_door(stop), "fr")
    verify(made["list"], made["signature"])
    with pytest.raises(InvalidSignature):
        verify(made["list"].replace("seated", "waiting"), made["signature"])


def test_the_list_recognises_the_square_code_of_a_badge() -> None:
    stop = make_stop()
    mine = make_registration(stop)
    [one] = json.loads(sealed.sealed_list(stop, make_door(stop), "fr")["list"])["people"]
    token = personal_links.badge_url(mine).rstrip("/").rpartition("/")[2]
    assert one["b"] == badges.seal_hash(token)
    assert token not in json.dumps(one)


def test_the_list_recognises_the_square_code_of_an_officials_badge() -> None:
    stop = make_stop()
    asked = make_invitation(stop, official=make_official(region=stop.region))
    [one] = json.loads(sealed.sealed_list(stop, make_door(stop), "fr")["list"])["people"]
    token = personal_links.guest_badge_url(asked, "fr").rstrip("/").rpartition("/")[2]
    assert (one["k"], one["b"]) == (f"invitation:{asked.pk}", badges.seal_hash(token))


def test_the_key_is_of_one_account_at_one_door_and_ends_with_its_access() -> None:
    stop, other = make_stop(), make_stop(region="MA-01")
    door, colleague = make_door(stop), make_door(stop)
    DoorAccess.objects.create(user=door, stop=other)

    def key(user: object, at: object) -> tuple[str, str]:
        made = sealed.sealed_list(at, user, "fr")
        return made["key"], made["until"]

    mine = key(door, stop)
    assert key(door, stop) == mine
    DoorAccess.objects.filter(user=door, stop=stop).update(extended_to=stop.date + timedelta(days=5))
    keys = {mine[0], key(door, stop)[0], key(colleague, stop)[0], key(door, other)[0]}
    assert len(keys) == 4
    assert {len(base64.b64decode(each)) for each in keys} == {32}


def test_another_secret_is_another_signer() -> None:
    mine = sealed.verifying_key()
    with override_settings(LINK_KEY="another secret of this portal"):
        assert sealed.verifying_key() != mine
