"""Orders that are open at the upgrade were for the invited: who was told is recognised by their mail."""

from django.db import migrations

NAME = """
    UPDATE meetings_announcement SET keys = ARRAY(
        SELECT invitation.key FROM meetings_invitation invitation
        JOIN meetings_release release ON release.stop_id = invitation.stop_id
        WHERE release.id = meetings_announcement.release_id AND invitation.written_at < release.at
        ORDER BY invitation.id)
    WHERE done_at IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [("meetings", "0006_who_is_still_to_be_told")]

    operations = [migrations.RunSQL(NAME, migrations.RunSQL.noop)]
