"""Who corrects the words of a mail writes the next version; what was read and validated stays what it was."""

from django.db import migrations

SEAL = """
CREATE FUNCTION meetings_mailtext_seal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.tour_id, NEW.kind, NEW.language, NEW.version, NEW.subject, NEW.title, NEW.body, NEW.written_at)
       IS DISTINCT FROM
       (OLD.tour_id, OLD.kind, OLD.language, OLD.version, OLD.subject, OLD.title, OLD.body, OLD.written_at)
       OR (OLD.validated_at IS NOT NULL AND (NEW.validated_at, NEW.validated_by_id)
           IS DISTINCT FROM (OLD.validated_at, OLD.validated_by_id))
       OR (OLD.withdrawn_at IS NOT NULL AND (NEW.withdrawn_at, NEW.withdrawn_by_id)
           IS DISTINCT FROM (OLD.withdrawn_at, OLD.withdrawn_by_id))
    THEN
        RAISE EXCEPTION 'A version of a text never changes.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER meetings_mailtext_seal BEFORE UPDATE ON meetings_mailtext
    FOR EACH ROW EXECUTE FUNCTION meetings_mailtext_seal();
"""
OPEN = """
DROP TRIGGER meetings_mailtext_seal ON meetings_mailtext;
DROP FUNCTION meetings_mailtext_seal();
"""


class Migration(migrations.Migration):
    dependencies = [("meetings", "0021_mail_texts")]

    operations = [migrations.RunSQL(SEAL, OPEN)]
