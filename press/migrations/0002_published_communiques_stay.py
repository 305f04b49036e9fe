"""A communiqué that was published is never edited and never goes: it is corrected by another one.

It may be taken back before anybody could read it (press.communiques says when): then it is a draft again.
"""

from django.db import migrations

KEEP = """
CREATE FUNCTION press_communique_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NULL THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    ELSIF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a published communique is not deleted' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF to_jsonb(NEW) - 'published_at' - 'published_by_id' <> to_jsonb(OLD) - 'published_at' - 'published_by_id'
        OR (NEW.published_at IS NOT NULL AND NEW.published_at <> OLD.published_at) THEN
        RAISE EXCEPTION 'a published communique is not edited' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER press_communique_stays BEFORE UPDATE OR DELETE ON press_pressrelease
    FOR EACH ROW EXECUTE FUNCTION press_communique_stays();
"""
UNDO = """
DROP TRIGGER press_communique_stays ON press_pressrelease;
DROP FUNCTION press_communique_stays;
"""


class Migration(migrations.Migration):
    dependencies = [("press", "0001_initial")]

    operations = [migrations.RunSQL(KEEP, UNDO)]
