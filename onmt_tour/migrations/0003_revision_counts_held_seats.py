"""Held seats, delegations and officials' answers move a stop between classes of availability as well.

Registrations come by the hundred: of those, still only what moves a stop across a threshold is a
change. The others are rare: every statement on held seats and delegations is one, and every answer.
"""

from django.db import migrations

SEATS_CHANGED = """
CREATE FUNCTION onmt_tour_bump_for_room(
    stops bigint[], seated bigint[], waiting bigint[], held bigint[]
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    -- Who writes without the gate waits here; the count below then sees what the others wrote.
    PERFORM FROM meetings_stop WHERE id = ANY (stops) ORDER BY id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT FROM unnest(stops, seated, waiting, held) AS moved (stop_id, seated, waiting, held)
        JOIN meetings_stop AS stop ON stop.id = moved.stop_id
        LEFT JOIN professionals_taken(stops) AS taken ON taken.stop_id = moved.stop_id
        CROSS JOIN LATERAL (
            SELECT coalesce(taken.seated, 0) AS seated, coalesce(taken.waiting, 0) AS waiting,
                   coalesce(taken.held, 0) AS held
        ) AS now
        WHERE onmt_tour_level(stop.seats - now.held, now.seated, now.waiting)
           <> onmt_tour_level(stop.seats - now.held + moved.held,
                              now.seated - moved.seated, now.waiting - moved.waiting)
    ) THEN
        PERFORM onmt_tour_bump();
    END IF;
END
$$;
CREATE OR REPLACE FUNCTION onmt_tour_seats_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    stops bigint[];
    seated bigint[];
    waiting bigint[];
    held bigint[];
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        PERFORM onmt_tour_bump();
        RETURN NULL;
    ELSIF TG_OP = 'INSERT' THEN
        SELECT array_agg(stop_id), array_agg(s), array_agg(w), array_agg(h)
        INTO stops, seated, waiting, held FROM (
            SELECT stop_id, sum((status = 'seated')::int) AS s, sum((status = 'waiting')::int) AS w,
                   sum((status = 'offered')::int - (delegation_id IS NOT NULL)::int) AS h
            FROM new_rows GROUP BY stop_id
        ) AS moved WHERE s <> 0 OR w <> 0 OR h <> 0;
    ELSIF TG_OP = 'DELETE' THEN
        SELECT array_agg(stop_id), array_agg(s), array_agg(w), array_agg(h)
        INTO stops, seated, waiting, held FROM (
            SELECT stop_id, -sum((status = 'seated')::int) AS s, -sum((status = 'waiting')::int) AS w,
                   -sum((status = 'offered')::int - (delegation_id IS NOT NULL)::int) AS h
            FROM old_rows GROUP BY stop_id
        ) AS moved WHERE s <> 0 OR w <> 0 OR h <> 0;
    ELSE
        SELECT array_agg(stop_id), array_agg(s), array_agg(w), array_agg(h)
        INTO stops, seated, waiting, held FROM (
            SELECT stop_id, sum(sign * (status = 'seated')::int) AS s,
                   sum(sign * (status = 'waiting')::int) AS w,
                   sum(sign * ((status = 'offered')::int - (delegation_id IS NOT NULL)::int)) AS h
            FROM (
                SELECT stop_id, status, delegation_id, 1 AS sign FROM new_rows
                UNION ALL SELECT stop_id, status, delegation_id, -1 FROM old_rows
            ) AS both_rows GROUP BY stop_id
        ) AS moved WHERE s <> 0 OR w <> 0 OR h <> 0;
    END IF;
    IF stops IS NOT NULL THEN
        PERFORM onmt_tour_bump_for_room(stops, seated, waiting, held);
    END IF;
    RETURN NULL;
END
$$;
DROP FUNCTION onmt_tour_bump_for_seats;
SELECT onmt_tour_watch('meetings_heldseats');
SELECT onmt_tour_watch('professionals_delegation');
CREATE TRIGGER public_answered AFTER UPDATE ON meetings_invitation FOR EACH ROW
    WHEN ((OLD.answer, OLD.companions) IS DISTINCT FROM (NEW.answer, NEW.companions))
    EXECUTE FUNCTION onmt_tour_public_changed();
CREATE TRIGGER public_answer_made AFTER INSERT ON meetings_invitation FOR EACH ROW
    WHEN (NEW.answer IN ('accepted', 'replaced')) EXECUTE FUNCTION onmt_tour_public_changed();
CREATE TRIGGER public_answer_gone AFTER DELETE ON meetings_invitation FOR EACH ROW
    WHEN (OLD.answer IN ('accepted', 'replaced')) EXECUTE FUNCTION onmt_tour_public_changed();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("onmt_tour", "0002_watch_the_press_room"),
        ("meetings", "0013_access_and_held_seats"),
        ("professionals", "0011_room_is_counted_in_one_place"),
    ]

    # There is no way back: the columns these functions read go with the migrations below.
    operations = [migrations.RunSQL(SEATS_CHANGED)]
