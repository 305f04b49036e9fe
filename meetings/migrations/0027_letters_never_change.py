"""A letter keeps its number and its words, and its line in the register: what is noted since is noted beside."""

from django.db import migrations

SEAL = """
CREATE FUNCTION meetings_letter_seal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR
       (NEW.invitation_id, NEW.year_id, NEW.number, NEW.dated, NEW.language, NEW.words, NEW.sequence,
        NEW.replaces_id, NEW.made_at) IS DISTINCT FROM
       (OLD.invitation_id, OLD.year_id, OLD.number, OLD.dated, OLD.language, OLD.words, OLD.sequence,
        OLD.replaces_id, OLD.made_at)
    THEN
        RAISE EXCEPTION 'A letter keeps its number and its words.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER meetings_letter_seal BEFORE UPDATE OR DELETE ON meetings_letter
    FOR EACH ROW EXECUTE FUNCTION meetings_letter_seal();
"""
OPEN = """
DROP TRIGGER meetings_letter_seal ON meetings_letter;
DROP FUNCTION meetings_letter_seal();
"""


class Migration(migrations.Migration):
    dependencies = [("meetings", "0026_letters")]

    operations = [migrations.RunSQL(SEAL, OPEN)]
