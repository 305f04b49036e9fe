"""What stands in the journal stays there: changing and deleting its lines is refused."""

from django.db import migrations

SEAL = """
CREATE FUNCTION accounts_auditentry_seal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The journal is never changed nor deleted.' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER accounts_auditentry_seal BEFORE UPDATE OR DELETE ON accounts_auditentry
    FOR EACH ROW EXECUTE FUNCTION accounts_auditentry_seal();
"""
OPEN = """
DROP TRIGGER accounts_auditentry_seal ON accounts_auditentry;
DROP FUNCTION accounts_auditentry_seal();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_only_the_team_enters_the_administration")]

    operations = [migrations.RunSQL(SEAL, OPEN)]
