"""What counts as taken at a stop, said once for pages, domain functions and triggers.

- seated: registrations with a seat.
- waiting: registrations in the queue, and places that delegations still wait for. A delegation that comes
  whole or not at all is left out while there are free seats, but too few: others may have those.
- held: seats offered to somebody; places given to delegations and not named yet; for each audience the
  larger of what is held back for it and what its people (officials who accepted, with their
  companions) have taken.

A stop with nobody and nothing is missing. The pools are those of `meetings.held_seats.POOLS`.
"""

from django.db import migrations

TAKEN = """
CREATE FUNCTION professionals_taken(stops bigint[])
RETURNS TABLE (stop_id bigint, seated bigint, waiting bigint, held bigint)
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    WITH people AS (
        SELECT r.stop_id,
               count(*) FILTER (WHERE r.status = 'seated') AS seated,
               count(*) FILTER (WHERE r.status = 'waiting') AS waiting,
               count(*) FILTER (WHERE r.status = 'offered') AS offered,
               count(r.delegation_id) AS named
        FROM professionals_registration r
        WHERE r.stop_id = ANY (stops) AND r.status IN ('seated', 'waiting', 'offered')
        GROUP BY r.stop_id
    ), delegations AS (
        SELECT d.stop_id,
               sum(d.granted) AS granted,
               sum(d.places - d.granted) FILTER (WHERE NOT d.whole) AS waiting,
               array_agg(d.places) FILTER (WHERE d.whole AND d.granted = 0) AS together
        FROM professionals_delegation d
        WHERE d.stop_id = ANY (stops) AND d.status = 'active'
        GROUP BY d.stop_id
    ), pools AS (
        SELECT pool.stop_id, greatest(sum(pool.quota), sum(pool.used)) AS held
        FROM (
            SELECT h.stop_id, h.audience::text AS audience, h.seats::bigint AS quota, 0 AS used
            FROM meetings_heldseats h
            WHERE h.stop_id = ANY (stops) AND h.released_at IS NULL AND h.meeting_id IS NULL
            UNION ALL
            SELECT i.stop_id,
                   CASE WHEN i.audience IN ('crt', 'cnt', 'onmt', 'press') THEN i.audience
                        ELSE 'authorities' END,
                   0, 1 + i.companions
            FROM meetings_invitation i
            WHERE i.stop_id = ANY (stops) AND i.answer IN ('accepted', 'replaced')
              AND i.audience IN ('crt', 'cnt', 'onmt', 'press', 'wilaya', 'regional_council',
                                 'ministry', 'other')
        ) AS pool
        GROUP BY pool.stop_id, pool.audience
    ), counted AS (
        SELECT s.id, s.seats, d.together,
               coalesce(p.seated, 0) AS seated,
               coalesce(p.waiting, 0) + coalesce(d.waiting, 0) AS waiting,
               coalesce(p.offered, 0) + coalesce(d.granted, 0) - coalesce(p.named, 0)
                   + coalesce((SELECT sum(pools.held) FROM pools WHERE pools.stop_id = s.id), 0) AS held
        FROM meetings_stop s
        LEFT JOIN people p ON p.stop_id = s.id
        LEFT JOIN delegations d ON d.stop_id = s.id
        WHERE s.id = ANY (stops)
    )
    SELECT c.id, c.seated::bigint,
           (c.waiting + coalesce((
               SELECT sum(places) FROM unnest(c.together) AS places
               WHERE c.seats - c.seated - c.held <= 0 OR places <= c.seats - c.seated - c.held
           ), 0))::bigint,
           c.held::bigint
    FROM counted c
    WHERE c.seated > 0 OR c.waiting > 0 OR c.held > 0 OR c.together IS NOT NULL;
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("professionals", "0010_delegations_offers_and_approval")]

    operations = [migrations.RunSQL(TAKEN, "DROP FUNCTION professionals_taken(bigint[]);")]
