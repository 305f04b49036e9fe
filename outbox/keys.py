"""The form of a message's key: "<purpose>:<kind of person>:<number>:<what else tells it apart>".

As in "invitation:official:12:5:20261203.1#7". A person is named "official:12", within an app for good.
"""


def person_of(key: str) -> str:
    """Whom a key names: "official:12"."""
    return ":".join(key.split(":")[1:3])


def for_another(key: str, person: str) -> str:
    """The key of the same mail to somebody else."""
    purpose, _kind, _number, *rest = key.split(":", 3)
    return ":".join([purpose, person, *rest])


def beginning(purpose: str, person: str) -> str:
    """How the keys of the mails for this purpose to this person begin."""
    return f"{purpose}:{person}:"


def naming(person: str) -> str:
    """What stands in the keys of all mails to this person, and in no others."""
    return f":{person}:"
