"""Mails of invitation already written say which order they were written for."""

from django.db import migrations

# A further order stands in their keys (".o7#"); of the others the invitation knows.
FURTHER = r"""
UPDATE outbox_message SET origin = 'campaign:' || (regexp_match(key, '\.o(\d+)#'))[1]
WHERE purpose = 'invitation' AND origin = '' AND key ~ '\.o\d+#'
"""
FIRST = """
UPDATE outbox_message AS message SET origin = 'campaign:' || invitation.campaign_id
FROM meetings_invitation AS invitation
WHERE message.purpose = 'invitation' AND message.origin = '' AND invitation.campaign_id IS NOT NULL
    AND message.subject = 'stop:' || invitation.stop_id
    AND message.audience IN ('', invitation.audience)
    AND split_part(message.key, ':', 2) || ':' || split_part(message.key, ':', 3) = invitation.key
"""


class Migration(migrations.Migration):
    dependencies = [
        ("meetings", "0028_words_of_letters"),
        ("outbox", "0013_mails_say_which_order_they_are_of"),
    ]

    operations = [
        migrations.RunSQL([FURTHER, FIRST], migrations.RunSQL.noop, elidable=True),
    ]
