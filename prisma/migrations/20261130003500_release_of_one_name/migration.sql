-- Gives up the name that a person goes by, if that is the one they mean: it may have become another one
-- since they saw it. It is held for them, as after a rename.
--
-- meant    its canonical key, or null for whichever they go by
-- outcome  'released', or why not: 'no-username' where they go by none or by another one, 'key-reused'
CREATE FUNCTION release_username(
    person text,
    hold_days int,
    idempotency_key text,
    meant text,
    OUT outcome text,
    OUT released text,
    OUT until timestamptz
) LANGUAGE plpgsql AS $$
DECLARE
    asked CONSTANT text := concat_ws(' ', 'release', meant);
    kept jsonb;
    me profiles;
    name usernames;
    moment timestamptz(3);
BEGIN
    SELECT p.* INTO me FROM profiles p WHERE p.id = person FOR NO KEY UPDATE;
    kept := kept_answer(person, idempotency_key, asked);
    IF kept IS NOT NULL THEN
        SELECT k.outcome, k.released, k.until INTO outcome, released, until
        FROM jsonb_to_record(kept) AS k(outcome text, released text, until timestamptz);
        RETURN;
    END IF;
    IF me.username_key IS NULL OR me.username_key <> meant THEN
        outcome := 'no-username';
        RETURN;
    END IF;
    moment := clock_timestamp();
    name := hold_username(me, moment, moment + make_interval(days => hold_days), 'released', person, NULL, NULL);
    UPDATE profiles p SET username_key = NULL WHERE p.id = person;
    outcome := 'released';
    released := name.display;
    until := name.held_until;
    PERFORM keep_answer(
        person, idempotency_key, asked,
        jsonb_build_object('outcome', outcome, 'released', released, 'until', until)
    );
END
$$;

-- As builds before this one call it.
CREATE OR REPLACE FUNCTION release_username(
    person text,
    hold_days int,
    idempotency_key text,
    OUT outcome text,
    OUT released text,
    OUT until timestamptz
) LANGUAGE sql AS $$
    SELECT r.outcome, r.released, r.until FROM release_username(person, hold_days, idempotency_key, NULL) AS r
$$;
