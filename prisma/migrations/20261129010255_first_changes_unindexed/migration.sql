-- Most changes are the first of their name and of their person at once. Both rows point to it, so these
-- two indexes can leave it out, which each claim would enter at a random place.
--
-- While they are made, names are read but not changed.
CREATE INDEX "username_changes_later_of_key" ON "username_changes"("key", "id") WHERE NOT "is_first";
CREATE INDEX "username_changes_later_of_person" ON "username_changes"("person_id", "id") WHERE NOT "is_first";
DROP INDEX "username_changes_key_id_idx";
DROP INDEX "username_changes_person_id_id_idx";
ALTER INDEX "username_changes_later_of_key" RENAME TO "username_changes_key_id_idx";
ALTER INDEX "username_changes_later_of_person" RENAME TO "username_changes_person_id_id_idx";

-- The two functions that enter first names draw the number of the change first, so that the profile is
-- entered with it. One who was slower with the name takes it back, and leaves a gap.

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
            INSERT INTO profiles AS p (id, display_name, username_key, renamed_at, first_change_id)
            SELECT person, person_name, wanted_key, '{}', nextval('username_changes_id_seq')
            WHERE (SELECT true FROM usernames r WHERE r.skeleton = wanted_skeleton) IS NULL
            ON CONFLICT (id) DO NOTHING
            RETURNING p.id, p.first_change_id
        ), taken AS (
            INSERT INTO usernames AS u (
                key, display, owner_id, claimed_at, look, skeleton, skeleton_version, first_change_id
            )
            SELECT
                wanted_key, wanted_display, e.id, moment, wanted_skeleton, wanted_skeleton, wanted_skeleton_version,
                e.first_change_id
            FROM entered e
            ON CONFLICT DO NOTHING
            RETURNING u.owner_id, u.claimed_at, u.first_change_id
        ), recorded AS (
            INSERT INTO username_changes (
                id, key, display, changed_at, cause, actor_id, person_id, status, owner_id, claimed_at, is_first
            )
            SELECT
                t.first_change_id, wanted_key, wanted_display, moment, 'claimed', t.owner_id, t.owner_id,
                'current', t.owner_id, moment, true
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
            UPDATE profiles p SET username_key = NULL, renamed_at = NULL, first_change_id = NULL
            WHERE p.id = person;
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
                INSERT INTO profiles AS p (id, display_name, username_key, renamed_at, first_change_id)
                SELECT w.person, w.name, w.key, '{}', nextval('username_changes_id_seq')
                FROM wanted w ORDER BY w.person
                ON CONFLICT (id) DO NOTHING
                RETURNING p.id, p.first_change_id
            ), taken AS (
                INSERT INTO usernames AS u (
                    key, display, owner_id, claimed_at, look, skeleton, skeleton_version, first_change_id
                )
                SELECT w.key, w.display, w.person, moment, w.skeleton, w.skeleton, skeleton_version, e.first_change_id
                FROM wanted w JOIN entered e ON e.id = w.person ORDER BY w.key
                ON CONFLICT DO NOTHING
                RETURNING u.key, u.display, u.owner_id, u.first_change_id
            ), recorded AS (
                INSERT INTO username_changes (
                    id, key, display, changed_at, cause, actor_id, person_id, status, owner_id, claimed_at, is_first
                )
                SELECT
                    t.first_change_id, t.key, t.display, moment, 'claimed', t.owner_id, t.owner_id,
                    'current', t.owner_id, moment, true
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
                UPDATE profiles p SET username_key = NULL, renamed_at = NULL, first_change_id = NULL
                WHERE p.id = ANY (slower);
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
