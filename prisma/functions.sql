-- The functions that the migrations make, as they are now, to be read. Written by "npm run db:migrate".

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
-- respelled   how the name was displayed before, whoever had it, where its capitals changed
--
-- Losing is a row, not an error: a loser who finds the name gone writes nothing and needs
-- no transaction id. One who had to wait for the winner has locked their own profile, or
-- entered an empty one, and nothing else.
-- Order of locks: the person's profile first, then names that are not theirs to begin with
-- (one whose look-alike they take and that nobody holds any more, then the wanted one), then
-- only names that they own, and another one of whoever had the wanted one before, to keep others
-- off its look. Who waits for a name while holding another that is waited for took over one that
-- was nobody's any more: where two do so in opposite order, the database undoes one of them
-- (SQLSTATE 40P01), which the caller retries.
-- It decides by what it sees under the lock of the profile: a claim that is sent twice at once, without
-- a key, writes one change. A name is taken over only as it was seen.
-- Each of its statements sees what was committed before it (READ COMMITTED), so the
-- reason given to a loser is the winner's row, not a guess. Under a stricter isolation
-- level the same race ends in SQLSTATE 40001, which the caller retries.
CREATE OR REPLACE FUNCTION public.claim_step_by_step(
    person text,
    person_name text,
    person_email text,
    wanted_display text,
    wanted_skeleton text,
    wanted_skeleton_version text,
    hold_days integer,
    most_renames integer,
    rename_days integer,
    idempotency_key text,
    OUT outcome text,
    OUT taken_at timestamp with time zone,
    OUT previous text,
    OUT until timestamp with time zone,
    OUT resembles text,
    OUT respelled text
)
 RETURNS record
 LANGUAGE plpgsql
AS $function$
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
$function$;

-- Claims a name, as claim_step_by_step says, but for two ends that most claims have, which it comes to
-- at once: the name is somebody else's; or nobody ever had it, nothing looks like it, and the person
-- has no profile yet. Then they have kept no answer either.
CREATE OR REPLACE FUNCTION public.claim_username(
    person text,
    person_name text,
    person_email text,
    wanted_display text,
    wanted_skeleton text,
    wanted_skeleton_version text,
    hold_days integer,
    most_renames integer,
    rename_days integer,
    idempotency_key text,
    OUT outcome text,
    OUT taken_at timestamp with time zone,
    OUT previous text,
    OUT until timestamp with time zone,
    OUT resembles text,
    OUT respelled text
)
 RETURNS record
 LANGUAGE plpgsql
AS $function$
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
$function$;

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
CREATE OR REPLACE FUNCTION public.claim_usernames(
    people text[],
    people_names text[],
    people_emails text[],
    displays text[],
    skeletons text[],
    skeleton_version text,
    hold_days integer,
    most_renames integer,
    rename_days integer,
    idempotency_keys text[],
    OUT at integer,
    OUT outcome text,
    OUT taken_at timestamp with time zone,
    OUT previous text,
    OUT until timestamp with time zone,
    OUT resembles text,
    OUT respelled text
)
 RETURNS SETOF record
 LANGUAGE plpgsql
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
AS $function$
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
$function$;

-- What is kept of the claim of a first name.
CREATE OR REPLACE FUNCTION public.first_answer(claimed_at timestamp with time zone)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
AS $function$
    SELECT jsonb_build_object('outcome', 'claimed', 'taken_at', claimed_at, 'previous', NULL, 'until', NULL)
$function$;

-- Forgets a person whose account is deleted: their current name is held, like their former
-- ones, and their profile keeps nothing but its id, which by then leads to nobody, and when it was made
-- and renamed. It is there
-- afterwards even where it was not before, for a claim of theirs that is still on its way to meet.
-- Answers that name as it was displayed, or null.
CREATE OR REPLACE FUNCTION public.forget_person(person text, hold_days integer)
 RETURNS text
 LANGUAGE plpgsql
AS $function$
DECLARE
    me CONSTANT profiles := lock_profile(person, '');
    moment CONSTANT timestamptz(3) := clock_timestamp();
    name CONSTANT usernames := hold_username(
        me, moment, moment + make_interval(days => hold_days), 'deleted', person, NULL, NULL
    );
BEGIN
    UPDATE profiles p
    SET username_key = NULL, display_name = '', bio = '', pronouns = '', role = '', company = '',
        accent_colour = NULL, administrator = false, version = p.version + 1, updated_at = moment,
        forgotten_at = COALESCE(p.forgotten_at, moment)
    WHERE p.id = person;
    DELETE FROM idempotency_keys k WHERE k.person_id = person;
    RETURN name.display;
END
$function$;

-- Gives up, for an administrator, whatever stands in the way of claiming a name: a reservation
-- ends, a current name becomes a held one, a held one anybody's. One that became held only while this
-- waited stays so.
--
-- at_once  frees a current name too, without holding it
-- outcome  'released', or 'unused' where nothing stood in the way; `was` then says nothing
-- until    it is held, if it is
CREATE OR REPLACE FUNCTION public.free_username(
    wanted_key text,
    hold_days integer,
    at_once boolean,
    actor text,
    note text,
    OUT outcome text,
    OUT was text,
    OUT display text,
    OUT until timestamp with time zone
)
 RETURNS record
 LANGUAGE plpgsql
AS $function$
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
$function$;

-- The first few of some candidate names that nobody has, had or keeps others off by its look;
-- skeletons are theirs, in the same order, or null.
-- A look-up for each: a session keeps the plan it made while the table was small, and a join
-- would go on reading the whole of a table that grew.
CREATE OR REPLACE FUNCTION public.free_usernames(candidates text[], skeletons text[], most integer)
 RETURNS text[]
 LANGUAGE plpgsql
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
BEGIN
    RETURN ARRAY(
        SELECT c.name FROM unnest(candidates, skeletons) AS c(name, skeleton)
        WHERE (SELECT true FROM usernames u WHERE u.key = lower(c.name COLLATE "C")) IS NULL
            AND (SELECT true FROM usernames u WHERE u.skeleton = c.skeleton) IS NULL
        LIMIT most
    );
END
$function$;

-- Whether a name gives up its skeleton to another one that has the same by a version of the
-- table: its own is of another version and says nothing, or it is anybody's to claim and the other is
-- current, or its last owner has none like it, or it is a former name and the other the current one of the
-- same owner.
CREATE OR REPLACE FUNCTION public.gives_up_skeleton(name usernames, rival usernames, version text)
 RETURNS boolean
 LANGUAGE sql
AS $function$
    SELECT name.skeleton_version IS DISTINCT FROM version
        OR (username_status(name, NULL, NULL) = 'available'
            AND (username_status(rival, NULL, NULL) = 'taken' OR NOT has_twin(name, name.skeleton)))
        OR (name.held_until IS NOT NULL AND rival.held_until IS NULL AND name.owner_id = rival.owner_id) IS TRUE
$function$;

-- Whether the owner of a name has another one, still theirs, that looks so.
CREATE OR REPLACE FUNCTION public.has_twin(name usernames, twins_look text)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
BEGIN
    RETURN EXISTS (
        SELECT FROM usernames t
        WHERE t.owner_id = name.owner_id AND t.key <> name.key AND t.look = twins_look
            AND (t.held_until IS NULL OR t.held_until > clock_timestamp())
    );
END
$function$;

-- Makes the current name of a profile, which is locked, a former one, held until a time.
-- Answers its row; null where the profile has no name.
CREATE OR REPLACE FUNCTION public.hold_username(
    me profiles,
    moment timestamp with time zone,
    hold_until timestamp with time zone,
    cause text,
    actor text,
    note text,
    successor text
)
 RETURNS usernames
 LANGUAGE plpgsql
AS $function$
DECLARE
    old usernames;
BEGIN
    UPDATE usernames u SET held_until = hold_until WHERE u.key = me.username_key RETURNING u.* INTO old;
    IF FOUND THEN
        PERFORM record_change(old, moment, cause, actor, note, me.id, successor);
    END IF;
    RETURN old;
END
$function$;

-- Whether a change says something that there is. A function, as for usernames.
CREATE OR REPLACE FUNCTION public.is_well_formed(change username_changes)
 RETURNS boolean
 LANGUAGE plpgsql
 IMMUTABLE
AS $function$
BEGIN
    RETURN change.status IN ('current', 'held', 'reserved', 'free') AND change.cause IN (
        'recorded', 'seeded', 'claimed', 'renamed', 'respelled', 'released', 'deleted', 'reserved', 'freed',
        'transferred'
    );
END
$function$;

-- Whether a row of usernames says one thing, of whom it is or why it is nobody's, beside what columns and
-- keys see to. A function, since a session reads that once, and plans a CHECK anew with each statement.
CREATE OR REPLACE FUNCTION public.is_well_formed(name usernames)
 RETURNS boolean
 LANGUAGE plpgsql
 IMMUTABLE
AS $function$
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
$function$;

-- Keeps the answer of what was done with an idempotency key, if there is one, and throws away
-- a few that are too old. The person's profile is locked, so nobody else keeps one for that key.
CREATE OR REPLACE FUNCTION public.keep_answer(person text, idempotency_key text, asked text, given jsonb)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
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
$function$;

-- The answer that was kept for an idempotency key, or null. A key that was used for something
-- else within the last 24 hours answers the outcome 'key-reused'.
CREATE OR REPLACE FUNCTION public.kept_answer(person text, idempotency_key text, asked text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
AS $function$
BEGIN
    RETURN (
        SELECT CASE WHEN k.request = asked THEN k.answer ELSE '{"outcome": "key-reused"}' END
        FROM idempotency_keys k
        WHERE k.person_id = person AND k.key = idempotency_key
            AND k.created_at > clock_timestamp() - interval '24 hours'
    );
END
$function$;

-- Locks a person's profile, entering an empty one where there is none.
CREATE OR REPLACE FUNCTION public.lock_profile(person text, person_name text)
 RETURNS profiles
 LANGUAGE plpgsql
AS $function$
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
$function$;

-- What claiming a name would meet: the status of the name, or 'too-similar' where the name is
-- to be had but another one looks like it, which is told only where anybody can see it.
-- Without a skeleton no look-alike is looked for, nor for a name that is theirs as it stands.
-- Twins are looked for only of names that there are.
CREATE OR REPLACE FUNCTION public.look_up_username(
    wanted_display text,
    wanted_skeleton text,
    person text,
    email text,
    OUT name usernames,
    OUT rival usernames,
    OUT status text,
    OUT resembles text
)
 RETURNS record
 LANGUAGE plpgsql
AS $function$
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
$function$;

-- Lets the newest name that an owner still has with this look keep others off it, where none does.
--
-- Called with a look, whose collation is "C", all that is given has that collation: an owner needs
-- their own again, or the index on them is of no use.
CREATE OR REPLACE FUNCTION public.pass_skeleton_on(owner text, look_left text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
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
$function$;

-- Enters a name's row, as it is now, as the latest of its changes.
CREATE OR REPLACE FUNCTION public.record_change(
    name usernames,
    moment timestamp with time zone,
    cause text,
    actor text,
    note text,
    person text,
    counterpart text
)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
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
$function$;

-- Refuses to change or remove what is in the history of names, to everybody.
CREATE OR REPLACE FUNCTION public.refuse_rewriting()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END
$function$;

-- As builds before 20261130003500 call it: gives up whichever name a person goes by.
CREATE OR REPLACE FUNCTION public.release_username(
    person text,
    hold_days integer,
    idempotency_key text,
    OUT outcome text,
    OUT released text,
    OUT until timestamp with time zone
)
 RETURNS record
 LANGUAGE sql
AS $function$
    SELECT r.outcome, r.released, r.until FROM release_username(person, hold_days, idempotency_key, NULL) AS r
$function$;

-- Gives up the name that a person goes by, if that is the one they mean: it may have become another one
-- since they saw it. It is held for them, as after a rename.
--
-- meant    its canonical key, or null for whichever they go by
-- outcome  'released', or why not: 'no-username' where they go by none or by another one, 'key-reused'
CREATE OR REPLACE FUNCTION public.release_username(
    person text,
    hold_days integer,
    idempotency_key text,
    meant text,
    OUT outcome text,
    OUT released text,
    OUT until timestamp with time zone
)
 RETURNS record
 LANGUAGE plpgsql
AS $function$
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
$function$;

-- Reserves a name that is nobody's, or changes why or for whom it is reserved. Where its last owner still
-- has one that looks like it, that one keeps others off from then on.
--
-- for_email  the one person who may claim it all the same, or null
-- outcome    'reserved', or why not: 'taken' or 'held'
CREATE OR REPLACE FUNCTION public.reserve_username(
    wanted_display text,
    wanted_skeleton text,
    wanted_skeleton_version text,
    because text,
    for_email text,
    actor text,
    note text,
    OUT outcome text,
    OUT until timestamp with time zone
)
 RETURNS record
 LANGUAGE plpgsql
AS $function$
DECLARE
    wanted_key CONSTANT text := lower(wanted_display COLLATE "C");
    name usernames;
    before usernames;
BEGIN
    -- First, as for every change of a name that was somebody's.
    PERFORM FROM profiles p
    WHERE p.id = (SELECT u.owner_id FROM usernames u WHERE u.key = wanted_key)
    FOR NO KEY UPDATE;
    LOOP
        SELECT u.* INTO before FROM usernames u WHERE u.key = wanted_key FOR UPDATE;
        INSERT INTO usernames AS u (key, display, reserved_because, reserved_for)
        VALUES (wanted_key, wanted_display, because, for_email)
        ON CONFLICT (key) DO UPDATE
        SET display = EXCLUDED.display, owner_id = NULL, claimed_at = NULL, held_until = NULL,
            reserved_because = EXCLUDED.reserved_because, reserved_for = EXCLUDED.reserved_for,
            look = NULL, skeleton = NULL, skeleton_version = NULL
        WHERE before.key = wanted_key AND username_status(u, NULL, NULL) IN ('available', 'reserved')
        RETURNING u.* INTO name;
        EXIT WHEN FOUND;
        SELECT u.* INTO name FROM usernames u WHERE u.key = wanted_key;
        outcome := username_status(name, NULL, NULL);
        IF outcome IN ('taken', 'held') THEN
            until := name.held_until;
            RETURN;
        END IF;
    END LOOP;
    IF before.skeleton IS NOT NULL THEN
        PERFORM pass_skeleton_on(before.owner_id, before.look);
    END IF;
    PERFORM set_skeleton(wanted_key, wanted_display, wanted_skeleton, wanted_skeleton_version);
    PERFORM record_change(name, clock_timestamp(), 'reserved', actor, note, NULL, NULL);
    outcome := 'reserved';
END
$function$;

-- Enters reserved names that are not in the table yet; whatever stands there stays as it is.
CREATE OR REPLACE FUNCTION public.seed_reserved_names(keys text[], reasons text[], skeletons text[], version text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
DECLARE
    moment CONSTANT timestamptz(3) := clock_timestamp();
    name usernames;
BEGIN
    FOR name IN
        INSERT INTO usernames AS u (key, display, reserved_because)
        SELECT k, k, b FROM unnest(keys, reasons) AS s(k, b)
        ON CONFLICT DO NOTHING
        RETURNING u.*
    LOOP
        PERFORM record_change(name, moment, 'seeded', NULL, NULL, NULL, NULL);
        PERFORM set_skeleton(name.key, name.display, skeletons[array_position(keys, name.key)], version);
    END LOOP;
END
$function$;

-- Gives a name the skeleton that was made of how it is displayed: unless it is displayed
-- otherwise by now, or is anybody's to claim, or another name keeps that skeleton. Answers that
-- other one, as it is displayed, where it has another owner; else null.
CREATE OR REPLACE FUNCTION public.set_skeleton(
    name_key text,
    name_display text,
    new_skeleton text,
    new_version text
)
 RETURNS text
 LANGUAGE plpgsql
AS $function$
DECLARE
    name usernames;
    keeper usernames;
    is_needed boolean;
BEGIN
    -- First, as for every change of a name that is somebody's.
    PERFORM FROM profiles p
    WHERE p.id = (SELECT u.owner_id FROM usernames u WHERE u.key = name_key)
    FOR NO KEY UPDATE;
    LOOP
        SELECT u.* INTO name FROM usernames u WHERE u.key = name_key AND u.display = name_display;
        IF NOT FOUND THEN
            RETURN NULL;
        END IF;
        is_needed := username_status(name, NULL, NULL) <> 'available';
        keeper := NULL;
        BEGIN
            IF is_needed THEN
                UPDATE usernames u
                SET skeleton = NULL,
                    look = CASE WHEN u.skeleton_version = new_version THEN u.look END,
                    skeleton_version = CASE WHEN u.skeleton_version = new_version THEN new_version END
                WHERE u.skeleton = new_skeleton AND u.key <> name_key AND gives_up_skeleton(u, name, new_version);
                SELECT u.* INTO keeper FROM usernames u WHERE u.skeleton = new_skeleton AND u.key <> name_key;
            END IF;
            UPDATE usernames u
            SET look = new_skeleton,
                skeleton = CASE WHEN is_needed AND keeper.key IS NULL THEN new_skeleton END,
                skeleton_version = new_version
            WHERE u.key = name_key AND u IS NOT DISTINCT FROM name;
            IF FOUND THEN
                RETURN CASE WHEN keeper.owner_id IS DISTINCT FROM name.owner_id THEN keeper.display END;
            END IF;
            RAISE no_data_found;
        EXCEPTION WHEN unique_violation OR no_data_found THEN
            -- Somebody was faster; what was let go of above is back.
        END;
    END LOOP;
END
$function$;

-- Throws away answers that are too old: one time in 20, but then more than 20 statements keep. What is
-- too old is known before: an index is not searched for a time that the clock says anew for each row,
-- but read to its end.
CREATE OR REPLACE FUNCTION public.throw_away_answers()
 RETURNS void
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
AS $function$
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
$function$;

-- Hands a name that is somebody's, or reserved, to a person, as their current one; the one they
-- had is held for them.
--
-- outcome  'transferred', 'unused' where it is nobody's to hand over, 'forgotten' where the account
--          of whom it is for is deleted, or 'too-similar' where somebody else has a name that looks
--          like it, its last owner among them; each may leave an empty profile of that person
--
-- The row is locked that keeps others off its look: whoever takes that name back at the same time, or
-- keeps another one that looks so, has it still.
CREATE OR REPLACE FUNCTION public.transfer_username(
    wanted_key text,
    to_person text,
    to_name text,
    hold_days integer,
    actor text,
    note text,
    OUT outcome text,
    OUT display text,
    OUT from_person text,
    OUT previous text
)
 RETURNS record
 LANGUAGE plpgsql
AS $function$
DECLARE
    name usernames;
    giver profiles;
    taker profiles;
    rival usernames;
    rival_status text;
    moment timestamptz(3);
BEGIN
    outcome := 'unused';
    LOOP
        SELECT u.* INTO name FROM usernames u WHERE u.key = wanted_key;
        IF username_status(name, NULL, NULL) = 'available' THEN
            RETURN;
        END IF;
        BEGIN
            INSERT INTO profiles (id, display_name) VALUES (to_person, to_name) ON CONFLICT (id) DO NOTHING;
            -- In one order, whoever hands what to whom.
            PERFORM FROM profiles p WHERE p.id IN (to_person, name.owner_id) ORDER BY p.id FOR NO KEY UPDATE;
            SELECT u.* INTO STRICT name FROM usernames u
            WHERE u.key = wanted_key AND u.owner_id IS NOT DISTINCT FROM name.owner_id
            FOR NO KEY UPDATE;
            EXIT;
        EXCEPTION WHEN no_data_found THEN
            -- It is another's by now, whose profile comes before the name; all locks are gone.
        END;
    END LOOP;
    IF username_status(name, NULL, NULL) = 'available' THEN
        RETURN;
    END IF;
    from_person := name.owner_id;
    SELECT p.* INTO giver FROM profiles p WHERE p.id = from_person;
    SELECT p.* INTO taker FROM profiles p WHERE p.id = to_person;
    IF taker.forgotten_at IS NOT NULL THEN
        outcome := 'forgotten';
        RETURN;
    END IF;
    moment := clock_timestamp();
    outcome := 'transferred';
    display := name.display;
    IF taker.username_key = wanted_key THEN
        RETURN;
    END IF;
    SELECT u.* INTO rival FROM usernames u WHERE u.skeleton = name.look AND u.key <> wanted_key
    FOR NO KEY UPDATE;
    rival_status := username_status(rival, to_person, NULL);
    IF rival_status NOT IN ('available', 'yours')
        OR (from_person <> to_person AND has_twin(name, name.look))
        OR (rival_status = 'available' AND rival.owner_id IS DISTINCT FROM from_person
            AND has_twin(rival, name.look)) THEN
        outcome := 'too-similar';
        RETURN;
    END IF;
    BEGIN
        UPDATE usernames u SET skeleton = NULL WHERE u.key = rival.key;
        IF giver.username_key = wanted_key THEN
            UPDATE profiles p SET username_key = NULL WHERE p.id = giver.id;
        END IF;
        UPDATE usernames u
        SET owner_id = to_person, claimed_at = moment, held_until = NULL,
            reserved_because = NULL, reserved_for = NULL, skeleton = u.look
        WHERE u.key = wanted_key
        RETURNING u.* INTO name;
    EXCEPTION WHEN unique_violation THEN
        -- Another name that looks like it keeps others off by now.
        outcome := 'too-similar';
        RETURN;
    END;
    previous := (hold_username(
        taker, moment, moment + make_interval(days => hold_days), 'renamed', actor, note, name.display
    )).display;
    UPDATE profiles p SET username_key = wanted_key, renamed_at = COALESCE(p.renamed_at, '{}') WHERE p.id = to_person;
    IF from_person IS DISTINCT FROM to_person AND from_person IS NOT NULL THEN
        PERFORM record_change(name, moment, 'transferred', actor, note, from_person, NULL);
    END IF;
    PERFORM record_change(name, moment, 'transferred', actor, note, to_person, previous);
END
$function$;

-- What a row of usernames means to a person (nulls: to somebody signed out).
-- The one definition that claiming, checking and suggesting share.
CREATE OR REPLACE FUNCTION public.username_status(name usernames, person text, email text)
 RETURNS text
 LANGUAGE sql
AS $function$
    SELECT CASE
        WHEN name.key IS NULL THEN 'available'
        WHEN name.owner_id = person THEN 'yours'
        WHEN name.reserved_because IS NOT NULL THEN
            CASE WHEN name.reserved_for = email THEN 'available' ELSE 'reserved' END
        WHEN name.owner_id IS NULL THEN 'available'
        WHEN name.held_until <= clock_timestamp() THEN 'available'
        WHEN name.held_until IS NOT NULL THEN 'held'
        ELSE 'taken'
    END
$function$;

-- What an earlier transaction did may be on no standby yet, where nobody waited for its end: the server
-- crashed, or the wait was cancelled. One that finds it done and writes nothing itself would be over at
-- once, since PostgreSQL waits for the standby only after what writes. So it writes a message to
-- the log that no one reads. Costs nothing without a synchronous standby.
CREATE OR REPLACE FUNCTION public.wait_for_standby()
 RETURNS void
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF current_setting('synchronous_standby_names') <> '' AND pg_current_xact_id_if_assigned() IS NULL THEN
        PERFORM pg_logical_emit_message(true, 'dibs', '');
    END IF;
END
$function$;
