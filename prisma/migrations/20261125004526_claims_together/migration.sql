-- Claims that cost less, and several in one call.

-- PostgreSQL plans a function in SQL anew for each statement that calls it, and one in PL/pgSQL
-- once a session. These five do what they did.

CREATE OR REPLACE FUNCTION record_change(
    name usernames,
    moment timestamptz,
    cause text,
    actor text,
    note text,
    person text,
    counterpart text
) RETURNS void
    LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO username_changes (
        key, display, changed_at, cause, actor_id, note, person_id, counterpart,
        status, owner_id, claimed_at, held_until, reserved_because, reserved_for
    ) VALUES (
        name.key, name.display, moment, cause, actor, note, person, counterpart,
        CASE
            WHEN name.reserved_because IS NOT NULL THEN 'reserved'
            WHEN name.owner_id IS NULL THEN 'free'
            WHEN name.held_until IS NULL THEN 'current'
            ELSE 'held'
        END,
        name.owner_id, name.claimed_at, name.held_until, name.reserved_because, name.reserved_for
    );
END
$$;

CREATE OR REPLACE FUNCTION has_twin(name usernames, twins_look text) RETURNS boolean
    LANGUAGE plpgsql AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM usernames t
        WHERE t.owner_id = name.owner_id AND t.key <> name.key AND t.look = twins_look
            AND (t.held_until IS NULL OR t.held_until > clock_timestamp())
    );
END
$$;

CREATE OR REPLACE FUNCTION kept_answer(person text, idempotency_key text, asked text) RETURNS jsonb
    LANGUAGE plpgsql AS $$
BEGIN
    RETURN (
        SELECT CASE WHEN k.request = asked THEN k.answer ELSE '{"outcome": "key-reused"}' END
        FROM idempotency_keys k
        WHERE k.person_id = person AND k.key = idempotency_key
            AND k.created_at > clock_timestamp() - interval '24 hours'
    );
END
$$;

CREATE OR REPLACE FUNCTION pass_skeleton_on(owner text, look_left text) RETURNS void
    LANGUAGE plpgsql AS $$
BEGIN
    UPDATE usernames u SET skeleton = u.look
    WHERE u.key = (
        SELECT t.key FROM usernames t
        WHERE t.owner_id = owner AND t.look = look_left
            AND (t.held_until IS NULL OR t.held_until > clock_timestamp())
        ORDER BY t.held_until DESC NULLS FIRST LIMIT 1
    ) AND NOT EXISTS (SELECT FROM usernames k WHERE k.skeleton = look_left);
END
$$;

CREATE OR REPLACE FUNCTION lock_profile(person text, person_name text) RETURNS profiles
    LANGUAGE plpgsql AS $$
DECLARE
    me profiles;
BEGIN
    SELECT p.* INTO me FROM profiles p WHERE p.id = person FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        INSERT INTO profiles AS p (id, display_name) VALUES (person, person_name)
        ON CONFLICT (id) DO NOTHING
        RETURNING p.* INTO me;
    END IF;
    IF NOT FOUND THEN
        SELECT p.* INTO me FROM profiles p WHERE p.id = person FOR NO KEY UPDATE;
    END IF;
    RETURN me;
END
$$;

-- Looks for twins only of names that there are.
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
    rival_status text;
BEGIN
    SELECT u.* INTO name FROM usernames u WHERE u.key = wanted_key;
    status := username_status(name, person, email);
    IF status NOT IN ('available', 'yours') OR wanted_skeleton IS NULL
        OR (status = 'yours' AND name.held_until IS NULL AND name.display = wanted_display) THEN
        RETURN;
    END IF;
    IF status = 'available' AND name.owner_id IS NOT NULL AND has_twin(name, wanted_skeleton) THEN
        status := 'too-similar';
    END IF;
    SELECT u.* INTO rival FROM usernames u WHERE u.skeleton = wanted_skeleton AND u.key <> wanted_key;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    -- A reservation for somebody is of that name, and of none that looks like it.
    rival_status := username_status(rival, person, NULL);
    IF rival_status NOT IN ('available', 'yours') THEN
        status := 'too-similar';
        resembles := CASE WHEN rival_status = 'taken' THEN rival.display END;
    ELSIF rival_status = 'available' AND has_twin(rival, wanted_skeleton) THEN
        status := 'too-similar';
    END IF;
END
$$;

-- The first few of some candidate names that nobody has, had or keeps others off by its look;
-- skeletons are theirs, in the same order, or null.
-- A look-up for each: a session keeps the plan it made while the table was small, and a join
-- would go on reading the whole of a table that grew.
CREATE OR REPLACE FUNCTION free_usernames(candidates text[], skeletons text[], most int) RETURNS text[]
    LANGUAGE plpgsql AS $$
BEGIN
    RETURN ARRAY(
        SELECT c.name FROM unnest(candidates, skeletons) AS c(name, skeleton)
        WHERE (SELECT true FROM usernames u WHERE u.key = lower(c.name COLLATE "C")) IS NULL
            AND (SELECT true FROM usernames u WHERE u.skeleton = c.skeleton) IS NULL
        LIMIT most
    );
END
$$;

DROP FUNCTION claim_username(text, text, text, text, text, text, int, int, int, text[], text[], text);

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
CREATE FUNCTION claim_username(
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

-- Claims several names, each as claim_username does, in one transaction. The arrays are of one
-- length, a claim's parts at one place in each; a person or a name may be in them more than once.
--
-- at       which claim it is the end of, from 1
-- outcome  as of claim_username; or 'alone', where it failed, or would have to wait longer for
--          another transaction than it may hold the others up: nothing of it has happened
--
-- First come those who only read: they find the name somebody's, or their own as it stands. Then, in
-- one statement, those who have no profile yet and want a name that nobody ever had. As everywhere,
-- profiles come before names; each in one order, whoever claims. Where somebody is faster with one
-- of these names, the foreign key refuses the profile that points at it, and with it all of them;
-- like all others they are then claimed one by one, in the order of the names.
CREATE FUNCTION claim_usernames(
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
    LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    moment CONSTANT timestamptz(3) := clock_timestamp();
    asked record;
    name usernames;
    firsts int[] := '{}';
    first_keys text[] := '{}';
    first_looks text[] := '{}';
    first_people text[] := '{}';
    others int[] := '{}';
    done int[] := '{}';
BEGIN
    FOR asked IN
        SELECT a.*, lower(a.display COLLATE "C") AS key,
            (SELECT u FROM usernames u WHERE u.key = lower(a.display COLLATE "C")) AS name
        FROM unnest(people, people_emails, displays, skeletons, idempotency_keys)
            WITH ORDINALITY AS a(person, email, display, skeleton, idempotency_key, at)
    LOOP
        at := asked.at;
        name := asked.name;
        outcome := username_status(name, asked.person, asked.email);
        until := NULL;
        taken_at := NULL;
        IF asked.idempotency_key IS NOT NULL THEN
            others := others || at;
        ELSIF outcome IN ('taken', 'held', 'reserved') THEN
            until := CASE WHEN outcome = 'held' THEN name.held_until END;
            RETURN NEXT;
        ELSIF outcome = 'yours' AND name.held_until IS NULL AND name.display = asked.display THEN
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
                FROM unnest(people, people_names, displays, skeletons)
                    WITH ORDINALITY AS a(person, name, display, skeleton, at)
                WHERE a.at = ANY (firsts)
                    AND (SELECT true FROM usernames r WHERE r.skeleton = a.skeleton) IS NULL
                    AND (SELECT true FROM profiles p WHERE p.id = a.person) IS NULL
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
            )
            SELECT COALESCE(array_agg(w.at), '{}') INTO done FROM wanted w JOIN taken t ON t.key = w.key;
        EXCEPTION WHEN foreign_key_violation OR lock_not_available OR deadlock_detected THEN
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
            FROM claim_username(
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
