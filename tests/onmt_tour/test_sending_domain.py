"""What the sending domain says of itself, as the name service answers, in words."""

import pytest

from onmt_tour import findings, sending_domain

WHOLE = {
    "onmt.example": ["some=proof", "v=spf1 include:relay.example -all"],
    "portal._domainkey.onmt.example": ["v=DKIM1; k=rsa; p=MIIB"],
    "_dmarc.onmt.example": ["v=DMARC1; p=quarantine"],
}


def missing(records: dict[str, list[str]], *, domain: str = "onmt.example") -> list[str]:
    found = sending_domain.problems(domain, records=lambda name: records.get(name, []))
    return [sentence.partition(":")[0] for sentence in found]


@pytest.fixture
def signing(settings):
    settings.DKIM_SELECTOR, settings.DKIM_DOMAIN = "portal", "onmt.example"


@pytest.mark.usefixtures("signing")
@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, []),
        ({"onmt.example": ["some=proof"]}, ["SPF"]),
        ({"onmt.example": ["v=spf1 -all", "v=spf1 ~all"]}, ["SPF"]),
        ({"onmt.example": ["v=spf10 -all"]}, ["SPF"]),
        ({"portal._domainkey.onmt.example": []}, ["DKIM"]),
        ({"_dmarc.onmt.example": []}, ["DMARC"]),
        ({name: [] for name in WHOLE}, ["SPF", "DKIM", "DMARC"]),
    ],
)
def test_each_record_that_is_missing_is_named(change, found):
    assert missing(WHOLE | change) == found


def test_a_key_is_looked_for_only_where_the_portal_signs(settings):
    settings.DKIM_SELECTOR = ""
    assert missing(WHOLE | {"portal._domainkey.onmt.example": []}) == []


def test_the_organisation_speaks_for_the_domains_under_it():
    records = WHOLE | {"mail.onmt.example": ["v=spf1 -all"]}
    assert missing(records, domain="mail.onmt.example") == []


def test_doctor_asks_the_name_service_about_a_true_domain_only(settings, monkeypatch):
    asked = []

    def nothing(domain):
        asked.append(domain)
        return ["SPF: none."]

    monkeypatch.setattr(sending_domain, "problems", nothing)
    settings.EMAIL_URL, settings.DEFAULT_FROM_EMAIL = "smtp://relay.example", "a@portal.example"
    assert ask().right is True
    settings.DEFAULT_FROM_EMAIL = "a@tourism.ma"
    assert (ask().right, ask().text, asked) == (False, "SPF: none.", ["tourism.ma"] * 2)
    settings.EMAIL_URL = ""
    assert ask().right is True


def test_a_name_service_that_is_silent_is_not_taken_for_a_domain_without_records(settings, monkeypatch):
    def silent(domain):
        raise sending_domain.Unknown("LifetimeTimeout")

    monkeypatch.setattr(sending_domain, "problems", silent)
    settings.EMAIL_URL, settings.DEFAULT_FROM_EMAIL = "smtp://relay.example", "a@tourism.ma"

    assert ask().right is False
    assert ask().text.startswith("tourism.ma: the name service does not answer (LifetimeTimeout)")


def test_doctor_says_when_the_key_does_not_sign(settings):
    settings.DKIM_SELECTOR, settings.DKIM_KEY_FILE = "portal", "/there/is/none.pem"

    assert (ask().right, ask().text) == (
        False,
        "mails cannot be signed: DKIM_KEY_FILE: No such file or directory",
    )


def ask() -> findings.Finding:
    return findings.ask("domain", findings.PARTS["domain"])
