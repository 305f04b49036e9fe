from django.contrib.postgres.operations import UnaccentExtension
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("regions", "0003_officials_may_share_a_mailbox")]

    operations = [UnaccentExtension()]
