"""What the key of a message says."""

from outbox import keys


def test_a_key_names_the_person_and_begins_with_the_purpose():
    key = "seated_week:registration:7:12:20270318.1"
    assert keys.person_of(key) == "registration:7"
    assert key.startswith(keys.beginning("seated_week", "registration:7"))
    # 7 is not 77, nor 17.
    assert [keys.naming(f"registration:{n}") in key for n in (7, 77, 17)] == [True, False, False]
