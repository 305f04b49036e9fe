"""Who wanted no campaigns wanted no invitation and none of what was written to the invited."""

from django.db import migrations

# As outbox.kinds said when this was written; sent mails too, for who sends one of them again.
MESSAGES = """
UPDATE outbox_message SET kind = CASE
    WHEN audience = 'press' OR key LIKE '%:journalist:%' THEN 'press'
    WHEN purpose IN ('message', 'urgent') THEN 'news'
    ELSE 'invitations'
END
WHERE kind = '' AND (priority = 9 OR jsonb_exists(headers, 'List-Unsubscribe'))
"""
REFUSALS = """
INSERT INTO outbox_suppression (recipient_hash, kind, reason, at)
SELECT recipient_hash, kinds.kind, reason, at
FROM outbox_suppression, (VALUES ('invitations'), ('news'), ('press')) AS kinds (kind)
WHERE outbox_suppression.kind = 'campaign'
ON CONFLICT DO NOTHING
"""
SAID = "DELETE FROM outbox_suppression WHERE kind = 'campaign'"


class Migration(migrations.Migration):
    dependencies = [
        ("outbox", "0007_mails_refused_by_kind"),
    ]

    operations = [
        migrations.RunSQL(statement, migrations.RunSQL.noop) for statement in (MESSAGES, REFUSALS, SAID)
    ]
