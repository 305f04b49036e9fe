"""The revision of everything public, and the triggers that no writer can forget.

`onmt_tour_public_changed` adds a random step, in the transaction of the change: both are seen at the
same moment or never. A step of 1 would come to the same number twice after a crash or a restore had
undone a change. It takes a row that nobody holds, or adds one, so it never waits and cannot deadlock.

A statement on a watched table is a change. Registrations are another matter: their pages show a class
of availability, and only what moves a stop across a threshold is a change. The thresholds are those of
`meetings.availability.of`; a test compares the two.
"""

from django.db import migrations, models

CHANGED = """
CREATE FUNCTION onmt_tour_bump() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    step bigint := 1 + floor(random() * 2147483647);
    free bigint;
BEGIN
    SELECT id INTO free FROM onmt_tour_publicrevision ORDER BY id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED;
    IF FOUND THEN
        UPDATE onmt_tour_publicrevision SET number = number + step WHERE id = free;
    ELSE
        INSERT INTO onmt_tour_publicrevision (number) VALUES (step);
    END IF;
END
$$;
CREATE FUNCTION onmt_tour_public_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM onmt_tour_bump();
    RETURN NULL;
END
$$;
CREATE FUNCTION onmt_tour_watch(watched regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'CREATE TRIGGER public_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON %s '
        'FOR EACH STATEMENT EXECUTE FUNCTION onmt_tour_public_changed()', watched);
END
$$;
"""

WATCHED = (
    "meetings_stop",
    "meetings_release",
    "meetings_tour",
    "regions_region",
    "regions_region_strengths",
    "regions_strength",
    "regions_province",
    "regions_airport",
    "regions_council",
    "regions_market",
    "regions_holiday",
)

SEATS_CHANGED = """
CREATE FUNCTION onmt_tour_level(seats bigint, seated bigint, waiting bigint) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT concat(
        CASE WHEN seated >= seats THEN 'full'
             WHEN (seats - seated) * 10 <= seats OR seats - seated = 1 THEN 'few'
             ELSE 'open' END,
        CASE WHEN waiting > 0 THEN ' queue' END
    )
$$;
CREATE FUNCTION onmt_tour_bump_for_seats(stops bigint[], seated bigint[], waiting bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    -- Who writes without the gate waits here; the count below then sees what the others wrote.
    PERFORM FROM meetings_stop WHERE id = ANY (stops) ORDER BY id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT FROM unnest(stops, seated, waiting) AS moved (stop_id, seated, waiting)
        JOIN meetings_stop AS stop ON stop.id = moved.stop_id
        CROSS JOIN LATERAL (
            SELECT count(*) FILTER (WHERE status = 'seated') AS seated,
                   count(*) FILTER (WHERE status = 'waiting') AS waiting
            FROM professionals_registration WHERE stop_id = moved.stop_id
        ) AS now
        WHERE onmt_tour_level(stop.seats, now.seated, now.waiting)
           <> onmt_tour_level(stop.seats, now.seated - moved.seated, now.waiting - moved.waiting)
    ) THEN
        PERFORM onmt_tour_bump();
    END IF;
END
$$;
CREATE FUNCTION onmt_tour_seats_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    stops bigint[];
    seated bigint[];
    waiting bigint[];
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        PERFORM onmt_tour_bump();
        RETURN NULL;
    ELSIF TG_OP = 'INSERT' THEN
        SELECT array_agg(stop_id), array_agg(s), array_agg(w) INTO stops, seated, waiting FROM (
            SELECT stop_id, sum((status = 'seated')::int) AS s, sum((status = 'waiting')::int) AS w
            FROM new_rows GROUP BY stop_id
        ) AS moved WHERE s <> 0 OR w <> 0;
    ELSIF TG_OP = 'DELETE' THEN
        SELECT array_agg(stop_id), array_agg(s), array_agg(w) INTO stops, seated, waiting FROM (
            SELECT stop_id, -sum((status = 'seated')::int) AS s, -sum((status = 'waiting')::int) AS w
            FROM old_rows GROUP BY stop_id
        ) AS moved WHERE s <> 0 OR w <> 0;
    ELSE
        SELECT array_agg(stop_id), array_agg(s), array_agg(w) INTO stops, seated, waiting FROM (
            SELECT stop_id, sum(sign * (status = 'seated')::int) AS s,
                   sum(sign * (status = 'waiting')::int) AS w
            FROM (
                SELECT stop_id, status, 1 AS sign FROM new_rows
                UNION ALL SELECT stop_id, status, -1 FROM old_rows
            ) AS both_rows GROUP BY stop_id
        ) AS moved WHERE s <> 0 OR w <> 0;
    END IF;
    IF stops IS NOT NULL THEN
        PERFORM onmt_tour_bump_for_seats(stops, seated, waiting);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER public_seats_inserted AFTER INSERT ON professionals_registration
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION onmt_tour_seats_changed();
CREATE TRIGGER public_seats_deleted AFTER DELETE ON professionals_registration
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION onmt_tour_seats_changed();
CREATE TRIGGER public_seats_updated AFTER UPDATE ON professionals_registration
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION onmt_tour_seats_changed();
CREATE TRIGGER public_seats_emptied AFTER TRUNCATE ON professionals_registration
    FOR EACH STATEMENT EXECUTE FUNCTION onmt_tour_seats_changed();
"""

UNDO = """
DROP TRIGGER public_seats_inserted ON professionals_registration;
DROP TRIGGER public_seats_deleted ON professionals_registration;
DROP TRIGGER public_seats_updated ON professionals_registration;
DROP TRIGGER public_seats_emptied ON professionals_registration;
DROP FUNCTION onmt_tour_seats_changed, onmt_tour_bump_for_seats, onmt_tour_level;
DROP FUNCTION onmt_tour_watch;
DROP FUNCTION onmt_tour_public_changed CASCADE;  -- with the triggers of every watched table
DROP FUNCTION onmt_tour_bump;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("meetings", "0005_announcements"),
        ("professionals", "0003_channels"),
        ("regions", "0004_search_without_accents"),
    ]

    operations = [
        migrations.CreateModel(
            name="PublicRevision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.BigIntegerField()),
            ],
        ),
        migrations.RunSQL(
            CHANGED + SEATS_CHANGED + "\n".join(f"SELECT onmt_tour_watch('{table}');" for table in WATCHED),
            UNDO,
        ),
    ]
