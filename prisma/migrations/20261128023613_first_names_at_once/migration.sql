-- Claims that cost less: first names in one statement, and CHECKs that are read once.

-- Each statement reads and plans every CHECK of a table anew, which was a third of a claim's time; a
-- function is read once a session. They say what the ones before them said. "{3,50}" in a regular
-- expression costs seven times as much as the length by itself.
CREATE FUNCTION is_well_formed(name usernames) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    -- Under the "C" collation lower() folds ASCII letters and nothing else.
    RETURN char_length(name.key) BETWEEN 3 AND 50
        AND name.key !~ '[^a-z0-9_-]'
        AND lower(name.display COLLATE "C") = name.key
        AND CASE WHEN name.owner_id IS NULL
            THEN name.claimed_at IS NULL AND name.held_until IS NULL
            ELSE name.claimed_at IS NOT NULL AND name.reserved_because IS NULL
        END
        AND (name.reserved_for IS NULL OR name.reserved_because IS NOT NULL)
        AND (name.skeleton IS NULL OR name.skeleton = name.look) IS TRUE
        AND (name.look IS NULL OR name.skeleton_version IS NOT NULL);
END
$$;

CREATE FUNCTION is_well_formed(change username_changes) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN change.status IN ('current', 'held', 'reserved', 'free') AND change.cause IN (
        'recorded', 'seeded', 'claimed', 'renamed', 'respelled', 'released', 'deleted', 'reserved', 'freed',
        'transferred'
    );
END
$$;

-- The rows that there are get checked by the next migration, which keeps nobody waiting meanwhile.
ALTER TABLE "usernames"
    ADD CONSTRAINT "usernames_check" CHECK (is_well_formed("usernames")) NOT VALID,
    DROP CONSTRAINT "usernames_key_check",
    DROP CONSTRAINT "usernames_display_check",
    DROP CONSTRAINT "usernames_owner_check",
    DROP CONSTRAINT "usernames_reserved_check",
    DROP CONSTRAINT "usernames_skeleton_check";
ALTER TABLE "username_changes"
    ADD CONSTRAINT "username_changes_check" CHECK (is_well_formed("username_changes")) NOT VALID,
    DROP CONSTRAINT "username_changes_status_check",
    DROP CONSTRAINT "username_changes_cause_check";

-- A profile may point at a name before the name is there, until the transaction ends. Whoever has
-- neither then enters both in one statement, the profile first as everywhere, and takes the
-- profile's name back where somebody was faster: without an error, which would cost a subtransaction.
--
-- Only here: a claim under way has read "usernames" and comes to "profiles" next. Locked the other way
-- round, the two would wait for each other, until the database undid one of them.
ALTER TABLE "profiles" ALTER CONSTRAINT "profiles_id_username_key_fkey" DEFERRABLE INITIALLY DEFERRED;

-- Throws away a few of the answers that are too old. What is too old is known before: an index
-- is not searched for a time that the clock says anew for each row, but read to its end.
CREATE FUNCTION throw_away_answers() RETURNS void
    -- A plan is made while the table is small, and kept.
    LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    too_old CONSTANT timestamptz := clock_timestamp() - interval '24 hours';
BEGIN
    DELETE FROM idempotency_keys k
    WHERE k.ctid = ANY (ARRAY(
        SELECT o.ctid FROM idempotency_keys o
        WHERE o.created_at <= too_old
        ORDER BY o.created_at LIMIT 10 FOR UPDATE SKIP LOCKED
    ));
END
$$;

ALTER FUNCTION kept_answer(text, text, text) SET enable_seqscan = off;

-- Keeps the answer of what was done with an idempotency key, if there is one, and throws away
-- a few that are too old. The person's profile is locked, so nobody else keeps one for that key.
CREATE OR REPLACE FUNCTION keep_answer(person text, idempotency_key text, asked text, given jsonb) RETURNS void
    LANGUAGE plpgsql AS $$
BEGIN
    IF idempotency_key IS NULL THEN
        RETURN;
    END IF;
    INSERT INTO idempotency_keys AS k (person_id, key, request, answer, created_at)
    VALUES (person, idempotency_key, asked, given, clock_timestamp())
    ON CONFLICT (person_id, key) DO UPDATE
    SET request = EXCLUDED.request, answer = EXCLUDED.answer, created_at = EXCLUDED.created_at;
    PERFORM throw_away_answers();
END
$$;

-- What is kept of the claim of a first name.
CREATE FUNCTION first_answer(claimed_at timestamptz) RETURNS jsonb
    LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object('outcome', 'claimed', 'taken_at', claimed_at, 'previous', NULL, 'until', NULL)
$$;

-- Lets the newest name that an owner still has with this look keep others off it, where none does.
--
-- Called with a look, whose collation is "C", all that is given has that collation: an owner needs
-- their own again, or the index on them is of no use.
CREATE OR REPLACE FUNCTION pass_skeleton_on(owner text, look_left text) RETURNS void
    LANGUAGE plpgsql AS $$
BEGIN
    UPDATE usernames u SET skeleton = u.look
    WHERE u.key = (
        SELECT t.key FROM usernames t
        WHERE t.owner_id = owner COLLATE "default" AND t.look = look_left
            AND (t.held_until IS NULL OR t.held_until > clock_timestamp())
        ORDER BY t.held_until DESC NULLS FIRST LIMIT 1
    ) AND NOT EXISTS (SELECT FROM usernames k WHERE k.skeleton = look_left);
END
$$;

-- Claims a name for a person, or renames them to it: all of it or nothing.
--
-- wanted_skeleton   null where look-alikes are allowed
-- most_renames      in rename_days; null for any number. Going back to a name that is still
--                   one's own is free
-- idempotency_key   null, or the key under which the answer of a success is kept: a failure
--                   leaves nothing behind, so asking again may well end otherwise
--
-- outcome     'claimed', also when it was theirs already (`until` the `previous` one is held for
--             them); else why not:
--             'taken', 'reserved', 'held' (then `until` says how long), 'too-similar' (to what
--             it `resembles`, if that is public), 'too-often' (`until` they may again),
--             'key-reused' or 'forgotten' (their account is deleted)
-- respelled   how the name was displayed before, where only its capitals changed
--
-- Losing is a row, not an error: a loser who finds the name gone writes nothing and needs
-- no transaction id. One who had to wait for the winner has locked their own profile, or
-- entered an empty one, and nothing else.
-- Order of locks: the person's profile first, then names that are not theirs to begin with
-- (one whose look-alike they take and that nobody holds any more, then the wanted one), then
-- only names that they own. Nobody waits for a name while holding one that somebody else may
-- wait for; where two take over names that are nobody's any more in opposite order, the
-- database undoes one of them (SQLSTATE 40P01), which the caller retries.
-- Each statement below sees what was committed before it (READ COMMITTED), so the
-- reason given to a loser is the winner's row, not a guess. Under a stricter isolation
-- level the same race ends in SQLSTATE 40001, which the caller retries.
CREATE FUNCTION claim_step_by_step(
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
    is_stale boolean;
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
            is_stale := true;
            CONTINUE WHEN idempotency_key IS NOT NULL;
        END IF;
        EXIT WHEN is_unchanged;

        moment := clock_timestamp();
        IF outcome = 'available' AND me.renamed_at IS NOT NULL THEN
            until := me.renamed_at[cardinality(me.renamed_at) - most_renames + 1] + rename_window;
            -- What was seen before the lock may be theirs by now.
            IF until > moment AND is_stale THEN
                is_stale := false;
                until := NULL;
                CONTINUE;
            ELSIF until > moment THEN
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
                WHERE username_status(u, person, person_email) IN ('available', 'yours')
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

    IF NOT is_unchanged AND me.username_key = wanted_key THEN
        respelled := before.display;
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

-- Claims a name, as claim_step_by_step says, but for two ends that most claims have, which it comes to
-- at once: the name is somebody else's; or nobody ever had it, nothing looks like it, and the person
-- has no profile yet. Then they have kept no answer either.
CREATE OR REPLACE FUNCTION claim_username(
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
    wanted_key CONSTANT text := lower(wanted_display COLLATE "C");
    moment CONSTANT timestamptz(3) := clock_timestamp();
    asked CONSTANT text := 'claim ' || wanted_display;
    name usernames;
    has_entered boolean;
BEGIN
    SELECT u.* INTO name FROM usernames u WHERE u.key = wanted_key;
    IF FOUND THEN
        outcome := username_status(name, person, person_email);
        -- Only now is an answer looked for: a name that its key won, and that is lost again, reads as won.
        IF outcome IN ('taken', 'held', 'reserved')
            AND (idempotency_key IS NULL OR kept_answer(person, idempotency_key, asked) IS NULL) THEN
            until := CASE WHEN outcome = 'held' THEN name.held_until END;
            RETURN;
        END IF;
    ELSE
        WITH entered AS (
            INSERT INTO profiles AS p (id, display_name, username_key, renamed_at)
            SELECT person, person_name, wanted_key, '{}'
            WHERE (SELECT true FROM usernames r WHERE r.skeleton = wanted_skeleton) IS NULL
            ON CONFLICT (id) DO NOTHING
            RETURNING p.id
        ), taken AS (
            INSERT INTO usernames AS u (key, display, owner_id, claimed_at, look, skeleton, skeleton_version)
            SELECT wanted_key, wanted_display, e.id, moment, wanted_skeleton, wanted_skeleton, wanted_skeleton_version
            FROM entered e
            ON CONFLICT DO NOTHING
            RETURNING u.owner_id, u.claimed_at
        ), recorded AS (
            INSERT INTO username_changes (
                key, display, changed_at, cause, actor_id, person_id, status, owner_id, claimed_at
            )
            SELECT wanted_key, wanted_display, moment, 'claimed', t.owner_id, t.owner_id, 'current', t.owner_id, moment
            FROM taken t
        )
        SELECT true, t.claimed_at INTO has_entered, taken_at FROM entered e LEFT JOIN taken t ON true;
        IF taken_at IS NOT NULL THEN
            outcome := 'claimed';
            IF idempotency_key IS NOT NULL THEN
                PERFORM keep_answer(person, idempotency_key, asked, first_answer(taken_at));
            END IF;
            RETURN;
        END IF;
        IF has_entered THEN
            UPDATE profiles p SET username_key = NULL, renamed_at = NULL WHERE p.id = person;
        END IF;
    END IF;
    SELECT c.* INTO outcome, taken_at, previous, until, resembles, respelled
    FROM claim_step_by_step(
        person, person_name, person_email, wanted_display, wanted_skeleton, wanted_skeleton_version,
        hold_days, most_renames, rename_days, idempotency_key
    ) c;
END
$$;

-- Claims several names, each as claim_username does, in one transaction. The arrays are of one
-- length, a claim's parts at one place in each; a person or a name may be in them more than once.
--
-- at       which claim it is the end of, from 1
-- outcome  as of claim_username; or 'alone', where it failed, or would have to wait longer for
--          another transaction than it may hold the others up: nothing of it has happened
--
-- First come those who only read: they find the name somebody's, or their own as it stands. Then, in
-- one statement, those who have no profile yet and want a name that nobody ever had. As everywhere,
-- profiles come before names; each in one order, whoever claims. Those of them for whom somebody
-- was faster are then claimed one by one like all others, in the order of the names.
--
-- One snapshot is enough to see both a name and the answer that was kept for who claims it: who won
-- it before it was lost again has kept theirs in it.
CREATE OR REPLACE FUNCTION claim_usernames(
    people text[],
    people_names text[],
    people_emails text[],
    displays text[],
    skeletons text[],
    skeleton_version text,
    hold_days int,
    most_renames int,
    rename_days int,
    idempotency_keys text[],
    OUT at int,
    OUT outcome text,
    OUT taken_at timestamptz,
    OUT previous text,
    OUT until timestamptz,
    OUT resembles text,
    OUT respelled text
) RETURNS SETOF record
    -- Planned for arrays of the length at hand, each call would be planned anew.
    LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
    moment CONSTANT timestamptz(3) := clock_timestamp();
    asked record;
    name usernames;
    firsts int[] := '{}';
    first_keys text[] := '{}';
    first_looks text[] := '{}';
    first_people text[] := '{}';
    others int[] := '{}';
    slower text[];
    done int[] := '{}';
BEGIN
    FOR asked IN
        SELECT a.*, lower(a.display COLLATE "C") AS key,
            (SELECT u FROM usernames u WHERE u.key = lower(a.display COLLATE "C")) AS name,
            (
                SELECT true FROM idempotency_keys k
                WHERE k.person_id = a.person AND k.key = a.idempotency_key
            ) AS has_answer
        FROM unnest(people, people_emails, displays, skeletons, idempotency_keys)
            WITH ORDINALITY AS a(person, email, display, skeleton, idempotency_key, at)
    LOOP
        at := asked.at;
        name := asked.name;
        outcome := username_status(name, asked.person, asked.email);
        until := NULL;
        taken_at := NULL;
        IF asked.has_answer THEN
            others := others || at;
        ELSIF outcome IN ('taken', 'held', 'reserved') THEN
            until := CASE WHEN outcome = 'held' THEN name.held_until END;
            RETURN NEXT;
        ELSIF outcome = 'yours' AND name.held_until IS NULL AND name.display = asked.display
            AND asked.idempotency_key IS NULL THEN
            outcome := 'claimed';
            taken_at := name.claimed_at;
            RETURN NEXT;
        ELSIF name.key IS NULL AND asked.key <> ALL (first_keys) AND asked.person <> ALL (first_people)
            AND asked.skeleton <> ALL (first_looks) IS NOT FALSE THEN
            firsts := firsts || at;
            first_keys := first_keys || asked.key;
            first_people := first_people || asked.person;
            first_looks := first_looks || asked.skeleton;
        ELSE
            others := others || at;
        END IF;
    END LOOP;
    until := NULL;

    IF cardinality(firsts || others) > 0 THEN
        PERFORM set_config('lock_timeout', '50ms', true);
    END IF;

    IF cardinality(firsts) > 0 THEN
        BEGIN
            WITH wanted AS MATERIALIZED (
                SELECT a.*, lower(a.display COLLATE "C") AS key
                FROM unnest(people, people_names, displays, skeletons, idempotency_keys)
                    WITH ORDINALITY AS a(person, name, display, skeleton, idempotency_key, at)
                WHERE a.at = ANY (firsts)
                    AND (SELECT true FROM usernames r WHERE r.skeleton = a.skeleton) IS NULL
            ), entered AS (
                INSERT INTO profiles AS p (id, display_name, username_key, renamed_at)
                SELECT w.person, w.name, w.key, '{}' FROM wanted w ORDER BY w.person
                ON CONFLICT (id) DO NOTHING
                RETURNING p.id
            ), taken AS (
                INSERT INTO usernames AS u (key, display, owner_id, claimed_at, look, skeleton, skeleton_version)
                SELECT w.key, w.display, w.person, moment, w.skeleton, w.skeleton, skeleton_version
                FROM wanted w JOIN entered e ON e.id = w.person ORDER BY w.key
                ON CONFLICT DO NOTHING
                RETURNING u.key, u.display, u.owner_id
            ), recorded AS (
                INSERT INTO username_changes (
                    key, display, changed_at, cause, actor_id, person_id, status, owner_id, claimed_at
                )
                SELECT t.key, t.display, moment, 'claimed', t.owner_id, t.owner_id, 'current', t.owner_id, moment
                FROM taken t
            ), kept AS (
                INSERT INTO idempotency_keys (person_id, key, request, answer, created_at)
                SELECT w.person, w.idempotency_key, 'claim ' || w.display, first_answer(moment), moment
                FROM wanted w JOIN taken t ON t.key = w.key
                WHERE w.idempotency_key IS NOT NULL
            )
            SELECT
                COALESCE(array_agg(w.at) FILTER (WHERE t.key IS NOT NULL), '{}'),
                array_agg(w.person) FILTER (WHERE t.key IS NULL)
            INTO done, slower
            FROM wanted w JOIN entered e ON e.id = w.person LEFT JOIN taken t ON t.key = w.key;
            IF slower IS NOT NULL THEN
                UPDATE profiles p SET username_key = NULL, renamed_at = NULL WHERE p.id = ANY (slower);
            END IF;
            IF array_remove(idempotency_keys, NULL) <> '{}' THEN
                PERFORM throw_away_answers();
            END IF;
        EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
            done := '{}';
        END;
        outcome := 'claimed';
        taken_at := moment;
        FOREACH at IN ARRAY done LOOP
            RETURN NEXT;
        END LOOP;
    END IF;

    FOR asked IN
        SELECT a.*
        FROM unnest(people, people_names, people_emails, displays, skeletons, idempotency_keys)
            WITH ORDINALITY AS a(person, name, email, display, skeleton, idempotency_key, at)
        WHERE a.at = ANY (firsts || others) AND a.at <> ALL (done)
        ORDER BY lower(a.display COLLATE "C"), a.at
    LOOP
        at := asked.at;
        BEGIN
            SELECT c.* INTO outcome, taken_at, previous, until, resembles, respelled
            FROM claim_step_by_step(
                asked.person, asked.name, asked.email, asked.display, asked.skeleton, skeleton_version,
                hold_days, most_renames, rename_days, asked.idempotency_key
            ) c;
        EXCEPTION WHEN OTHERS THEN
            outcome := 'alone';
            -- The others have waited long enough.
            PERFORM set_config('lock_timeout', '1ms', true);
        END;
        RETURN NEXT;
    END LOOP;
END
$$;

-- What an earlier transaction did may be on no standby yet, where nobody waited for its end: the server
-- crashed, or the wait was cancelled. One that finds it done and writes nothing itself would be over at
-- once, since PostgreSQL waits for the standby only after what writes. So it writes a message to
-- the log that no one reads. Costs nothing without a synchronous standby.
CREATE FUNCTION wait_for_standby() RETURNS void
    LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('synchronous_standby_names') <> '' AND pg_current_xact_id_if_assigned() IS NULL THEN
        PERFORM pg_logical_emit_message(true, 'dibs', '');
    END IF;
END
$$;
