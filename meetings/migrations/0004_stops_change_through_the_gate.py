"""A released stop changes through `meetings.gate` alone; releases are never changed.

The columns are those of `Stop.frozen_once_published`; a test tries each of them.
"""

from django.db import migrations

STOP_GATE = """
CREATE FUNCTION meetings_stop_gate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.calendar_uid IS DISTINCT FROM OLD.calendar_uid THEN
        RAISE EXCEPTION 'A stop keeps its calendar uid for life.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF current_setting('portal.lifecycle', true) = 'on' THEN
        RETURN COALESCE(NEW, OLD);
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'draft' OR NEW.current_release_id IS NOT NULL OR NEW.published_at IS NOT NULL THEN
            RAISE EXCEPTION 'A stop begins as a draft.' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' THEN
        IF OLD.status <> 'draft' THEN
            RAISE EXCEPTION 'A released stop is not deleted.' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF (NEW.status, NEW.current_release_id, NEW.published_at)
        IS DISTINCT FROM (OLD.status, OLD.current_release_id, OLD.published_at)
    THEN
        RAISE EXCEPTION 'A stop is published through releases and lives through lifecycle.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.status <> 'draft' AND (
        NEW.tour_id, NEW.region_id, NEW.slug, NEW.city_fr, NEW.city_ar, NEW.city_en,
        NEW.date, NEW.starts, NEW.ends, NEW.venue_id, NEW.seats,
        NEW.registration_opens_on, NEW.registration_closes_on, NEW.sequence
    ) IS DISTINCT FROM (
        OLD.tour_id, OLD.region_id, OLD.slug, OLD.city_fr, OLD.city_ar, OLD.city_en,
        OLD.date, OLD.starts, OLD.ends, OLD.venue_id, OLD.seats,
        OLD.registration_opens_on, OLD.registration_closes_on, OLD.sequence
    ) THEN
        RAISE EXCEPTION 'A released stop changes through lifecycle only.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER meetings_stop_gate BEFORE INSERT OR UPDATE OR DELETE ON meetings_stop
    FOR EACH ROW EXECUTE FUNCTION meetings_stop_gate();
"""

RELEASE_SEAL = """
CREATE FUNCTION meetings_release_seal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A release is never changed nor deleted.' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER meetings_release_seal BEFORE UPDATE OR DELETE ON meetings_release
    FOR EACH ROW EXECUTE FUNCTION meetings_release_seal();
"""


class Migration(migrations.Migration):
    dependencies = [("meetings", "0003_rooms_and_released_stops")]

    operations = [
        migrations.RunSQL(
            STOP_GATE,
            "DROP TRIGGER meetings_stop_gate ON meetings_stop; DROP FUNCTION meetings_stop_gate();",
        ),
        migrations.RunSQL(
            RELEASE_SEAL,
            "DROP TRIGGER meetings_release_seal ON meetings_release; DROP FUNCTION meetings_release_seal();",
        ),
    ]
