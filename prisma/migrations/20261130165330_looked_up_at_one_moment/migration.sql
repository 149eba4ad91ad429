-- What a name would meet is looked up in one statement. In three, somebody who went on from a name to one that
-- looks like it was seen at neither, and the other was told to be free, which it never was.
CREATE OR REPLACE FUNCTION look_up_username(
    wanted_display text,
    wanted_skeleton text,
    person text,
    email text,
    OUT name usernames,
    OUT rival usernames,
    OUT status text,
    OUT resembles text
) LANGUAGE plpgsql AS $$
DECLARE
    wanted_key CONSTANT text := lower(wanted_display COLLATE "C");
    moment CONSTANT timestamptz := clock_timestamp();
    seen record;
    rival_status text;
BEGIN
    -- All of it in one statement, which sees one moment. OFFSET keeps each name from being read again. Only where
    -- a former name is anybody's by now, it matters whether its last owner has another one like it.
    SELECT f.name, f.rival,
        CASE WHEN (f.name).held_until IS NOT NULL THEN EXISTS (
            SELECT FROM usernames t
            WHERE t.owner_id = (f.name).owner_id AND t.key <> (f.name).key AND t.look = wanted_skeleton
                AND (t.held_until IS NULL OR t.held_until > moment)
        ) END AS name_has_twin,
        CASE WHEN (f.rival).held_until IS NOT NULL THEN EXISTS (
            SELECT FROM usernames t
            WHERE t.owner_id = (f.rival).owner_id AND t.key <> (f.rival).key AND t.look = wanted_skeleton
                AND (t.held_until IS NULL OR t.held_until > moment)
        ) END AS rival_has_twin
    INTO seen
    FROM (
        SELECT
            (SELECT u FROM usernames u WHERE u.key = wanted_key) AS name,
            (SELECT u FROM usernames u WHERE u.skeleton = wanted_skeleton AND u.key <> wanted_key) AS rival
        OFFSET 0
    ) AS f;
    name := seen.name;
    status := username_status(name, person, email);
    IF status NOT IN ('available', 'yours') OR wanted_skeleton IS NULL
        OR (status = 'yours' AND name.held_until IS NULL AND name.display = wanted_display) THEN
        RETURN;
    END IF;
    IF status = 'available' AND seen.name_has_twin THEN
        status := 'too-similar';
    END IF;
    rival := seen.rival;
    IF rival.key IS NULL THEN
        RETURN;
    END IF;
    -- A reservation for somebody is of that name, and of none that looks like it.
    rival_status := username_status(rival, person, NULL);
    IF rival_status NOT IN ('available', 'yours') THEN
        status := 'too-similar';
        resembles := CASE WHEN rival_status = 'taken' THEN rival.display END;
    ELSIF rival_status = 'available' AND seen.rival_has_twin THEN
        status := 'too-similar';
    END IF;
END
$$;

-- A claim takes a name over only as it saw it: one that was claimed and lost again meanwhile is looked at anew,
-- under the limit of renames and at a time that comes after what happened to it.
CREATE OR REPLACE FUNCTION claim_step_by_step(
    person text,
    person_name text,
    person_email text,
    wanted_display text,
    wanted_skeleton text,
    wanted_skeleton_version text,
    hold_days int,
    most_renames int,
    rename_days int,
    idempotency_key text,
    OUT outcome text,
    OUT taken_at timestamptz,
    OUT previous text,
    OUT until timestamptz,
    OUT resembles text,
    OUT respelled text
) LANGUAGE plpgsql AS $$
DECLARE
    asked CONSTANT text := 'claim ' || wanted_display;
    wanted_key CONSTANT text := lower(wanted_display COLLATE "C");
    rename_window CONSTANT interval := make_interval(days => rename_days);
    kept jsonb;
    seen record;
    me profiles;
    name usernames;
    rival usernames;
    old usernames;
    before usernames;
    is_unchanged boolean;
    moment timestamptz(3);
BEGIN
    LOOP
        seen := look_up_username(wanted_display, wanted_skeleton, person, person_email);

        -- Only now: a name that this key won just before, and that is lost again, reads as won.
        IF idempotency_key IS NOT NULL THEN
            kept := kept_answer(person, idempotency_key, asked);
            IF kept IS NOT NULL THEN
                SELECT k.outcome, k.taken_at, k.previous, k.until INTO outcome, taken_at, previous, until
                FROM jsonb_to_record(kept) AS k(outcome text, taken_at timestamptz, previous text, until timestamptz);
                RETURN;
            END IF;
        END IF;

        name := seen.name;
        before := name;
        rival := seen.rival;
        outcome := seen.status;
        resembles := seen.resembles;

        IF outcome NOT IN ('available', 'yours') THEN
            until := CASE WHEN outcome = 'held' THEN name.held_until END;
            RETURN;
        END IF;

        is_unchanged := outcome = 'yours' AND name.held_until IS NULL AND name.display = wanted_display;
        IF is_unchanged AND idempotency_key IS NULL THEN
            outcome := 'claimed';
            taken_at := name.claimed_at;
            RETURN;
        END IF;

        IF me.id IS NULL THEN
            me := lock_profile(person, person_name);
            IF me.forgotten_at IS NOT NULL THEN
                outcome := 'forgotten';
                RETURN;
            END IF;
            -- What was seen before the lock may be theirs by now.
            CONTINUE;
        END IF;
        EXIT WHEN is_unchanged;

        moment := clock_timestamp();
        IF outcome = 'available' AND me.renamed_at IS NOT NULL THEN
            until := me.renamed_at[cardinality(me.renamed_at) - most_renames + 1] + rename_window;
            IF until > moment THEN
                outcome := 'too-often';
                RETURN;
            END IF;
            until := NULL;
        END IF;

        IF name.key IS NULL AND rival.key IS NULL THEN
            INSERT INTO usernames AS u (key, display, owner_id, claimed_at, look, skeleton, skeleton_version)
            VALUES (
                wanted_key, wanted_display, person, moment,
                wanted_skeleton, wanted_skeleton, wanted_skeleton_version
            )
            ON CONFLICT DO NOTHING
            RETURNING u.* INTO name;
            EXIT WHEN FOUND;
        ELSE
            BEGIN
                UPDATE usernames u SET skeleton = NULL
                WHERE u.key = rival.key AND u.skeleton = wanted_skeleton
                    AND username_status(u, person, NULL) IN ('available', 'yours');
                INSERT INTO usernames AS u (key, display, owner_id, claimed_at, look, skeleton, skeleton_version)
                VALUES (
                    wanted_key, wanted_display, person, moment,
                    wanted_skeleton, wanted_skeleton, wanted_skeleton_version
                )
                ON CONFLICT (key) DO UPDATE
                SET display = EXCLUDED.display,
                    owner_id = EXCLUDED.owner_id,
                    claimed_at = CASE WHEN me.username_key = u.key THEN u.claimed_at ELSE EXCLUDED.claimed_at END,
                    held_until = NULL,
                    reserved_because = NULL,
                    reserved_for = NULL,
                    look = EXCLUDED.look,
                    skeleton = EXCLUDED.skeleton,
                    skeleton_version = EXCLUDED.skeleton_version
                WHERE u IS NOT DISTINCT FROM before
                RETURNING u.* INTO STRICT name;
                PERFORM pass_skeleton_on(before.owner_id, before.look)
                WHERE before.skeleton IS DISTINCT FROM name.skeleton;
                EXIT;
            EXCEPTION WHEN unique_violation OR no_data_found THEN
                -- Somebody was faster; what was let go of above is back.
                IF current_setting('transaction_isolation') <> 'read committed' THEN
                    RAISE serialization_failure;
                END IF;
            END;
        END IF;
    END LOOP;

    IF before.display <> name.display THEN
        respelled := before.display;
    END IF;
    IF NOT is_unchanged AND me.username_key = wanted_key THEN
        PERFORM record_change(name, moment, 'respelled', person, NULL, person, NULL);
    ELSIF NOT is_unchanged THEN
        IF me.username_key IS NOT NULL THEN
            old := hold_username(
                me, moment, moment + make_interval(days => hold_days), 'renamed', person, NULL, name.display
            );
        END IF;
        previous := old.display;
        until := old.held_until;
        UPDATE profiles p
        SET username_key = wanted_key,
            renamed_at = CASE
                WHEN p.renamed_at IS NULL THEN '{}'
                WHEN outcome = 'yours' THEN p.renamed_at
                ELSE ARRAY(SELECT t FROM unnest(p.renamed_at) AS t WHERE t + rename_window > moment) || moment
            END
        WHERE p.id = person;
        PERFORM record_change(
            name, moment, CASE WHEN previous IS NULL THEN 'claimed' ELSE 'renamed' END, person, NULL, person, previous
        );
    END IF;
    outcome := 'claimed';
    taken_at := name.claimed_at;
    IF idempotency_key IS NOT NULL THEN
        PERFORM keep_answer(
            person, idempotency_key, asked,
            jsonb_build_object('outcome', outcome, 'taken_at', taken_at, 'previous', previous, 'until', until)
        );
    END IF;
END
$$;

-- Where the newest name of an owner gets another look just then, the next one keeps others off.
CREATE OR REPLACE FUNCTION pass_skeleton_on(owner text, look_left text) RETURNS void
    LANGUAGE plpgsql AS $$
BEGIN
    UPDATE usernames u SET skeleton = u.look
    WHERE u.key = (
        SELECT t.key FROM usernames t
        WHERE t.owner_id = owner COLLATE "default" AND t.look = look_left
            AND (t.held_until IS NULL OR t.held_until > clock_timestamp())
        ORDER BY t.held_until DESC NULLS FIRST LIMIT 1 FOR NO KEY UPDATE
    )
    -- Once more, for who frees or takes that one meanwhile.
    AND u.owner_id = owner COLLATE "default" AND u.look = look_left
    AND NOT EXISTS (SELECT FROM usernames k WHERE k.skeleton = look_left);
EXCEPTION WHEN unique_violation THEN
    -- Somebody else's name keeps others off by now.
END
$$;

-- A statement keeps up to 20 answers, and threw away 10. Each had to pass over what others had thrown away for as
-- long as any transaction was older, as that of a backup is.
CREATE OR REPLACE FUNCTION throw_away_answers() RETURNS void
    -- A plan is made while the table is small, and kept.
    LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    too_old CONSTANT timestamptz := clock_timestamp() - interval '24 hours';
BEGIN
    IF random() >= 0.05 THEN
        RETURN;
    END IF;
    DELETE FROM idempotency_keys k
    WHERE k.ctid = ANY (ARRAY(
        SELECT o.ctid FROM idempotency_keys o
        WHERE o.created_at <= too_old
        ORDER BY o.created_at LIMIT 800 FOR UPDATE SKIP LOCKED
    ));
END
$$;

-- Whoever frees a name that came to be held just before is told that it is, not that it still was somebody's: of the
-- two who gave it up only one did.
CREATE OR REPLACE FUNCTION free_username(
    wanted_key text,
    hold_days int,
    at_once boolean,
    actor text,
    note text,
    OUT outcome text,
    OUT was text,
    OUT display text,
    OUT until timestamptz
) LANGUAGE plpgsql AS $$
DECLARE
    me profiles;
    name usernames;
    seen text;
    moment timestamptz(3);
BEGIN
    outcome := 'unused';
    LOOP
        SELECT u.* INTO name FROM usernames u WHERE u.key = wanted_key;
        seen := username_status(name, NULL, NULL);
        IF seen = 'available' THEN
            RETURN;
        END IF;
        BEGIN
            SELECT p.* INTO me FROM profiles p WHERE p.id = name.owner_id FOR NO KEY UPDATE;
            SELECT u.* INTO STRICT name FROM usernames u
            WHERE u.key = wanted_key AND u.owner_id IS NOT DISTINCT FROM me.id
            FOR NO KEY UPDATE;
            EXIT;
        EXCEPTION WHEN no_data_found THEN
            -- It is another's by now, whose profile comes before the name; both locks are gone.
        END;
    END LOOP;
    was := username_status(name, NULL, NULL);
    IF was = 'available' THEN
        was := NULL;
        RETURN;
    END IF;
    moment := clock_timestamp();
    outcome := 'released';
    display := name.display;
    IF seen = 'taken' AND was = 'held' AND NOT at_once THEN
        -- Its owner, or another administrator, has done the same meanwhile.
        until := name.held_until;
        RETURN;
    END IF;
    IF was = 'taken' AND NOT at_once THEN
        until := moment + make_interval(days => hold_days);
        PERFORM hold_username(me, moment, until, 'freed', actor, note, NULL);
        UPDATE profiles p SET username_key = NULL WHERE p.id = me.id;
        RETURN;
    END IF;
    UPDATE profiles p SET username_key = NULL WHERE p.id = me.id AND p.username_key = wanted_key;
    UPDATE usernames u
    SET owner_id = NULL, claimed_at = NULL, held_until = NULL,
        reserved_because = NULL, reserved_for = NULL, skeleton = NULL
    WHERE u.key = wanted_key
    RETURNING u.* INTO name;
    PERFORM pass_skeleton_on(me.id, name.look);
    PERFORM record_change(name, moment, 'freed', actor, note, me.id, NULL);
END
$$;
