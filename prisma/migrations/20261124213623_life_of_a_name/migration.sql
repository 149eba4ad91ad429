-- AlterTable
ALTER TABLE "profiles" ADD COLUMN     "administrator" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "forgotten_at" TIMESTAMPTZ(3),
ADD COLUMN     "renamed_at" TIMESTAMPTZ(3)[];

-- AlterTable
ALTER TABLE "usernames" ADD COLUMN     "reserved_for" TEXT,
ADD COLUMN     "look" TEXT,
ADD COLUMN     "skeleton" TEXT,
ADD COLUMN     "skeleton_version" TEXT;

-- CreateTable
CREATE TABLE "username_changes" (
    "id" BIGSERIAL NOT NULL,
    "key" TEXT NOT NULL,
    "display" TEXT NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL,
    "cause" TEXT NOT NULL,
    "actor_id" TEXT,
    "note" TEXT,
    "person_id" TEXT,
    "counterpart" TEXT,
    "status" TEXT NOT NULL,
    "owner_id" TEXT,
    "claimed_at" TIMESTAMPTZ(3),
    "held_until" TIMESTAMPTZ(3),
    "reserved_because" TEXT,
    "reserved_for" TEXT,

    CONSTRAINT "username_changes_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "idempotency_keys" (
    "person_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "request" TEXT NOT NULL,
    "answer" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY ("person_id","key")
);

-- CreateIndex
CREATE INDEX "username_changes_key_id_idx" ON "username_changes"("key", "id");

-- CreateIndex
CREATE INDEX "username_changes_person_id_id_idx" ON "username_changes"("person_id", "id");

-- CreateIndex
CREATE INDEX "idempotency_keys_created_at_idx" ON "idempotency_keys"("created_at");

-- CreateIndex
CREATE UNIQUE INDEX "usernames_skeleton_key" ON "usernames"("skeleton");

-- CreateIndex
CREATE INDEX "usernames_skeleton_version_idx" ON "usernames" USING BRIN ("skeleton_version");


-- From here on by hand: what Prisma's schema language can't say.

ALTER TABLE "usernames"
    ALTER COLUMN "look" TYPE TEXT COLLATE "C",
    ALTER COLUMN "skeleton" TYPE TEXT COLLATE "C",
    ADD CONSTRAINT "usernames_reserved_check" CHECK ("reserved_for" IS NULL OR "reserved_because" IS NOT NULL),
    ADD CONSTRAINT "usernames_skeleton_check" CHECK (
        ("skeleton" IS NULL OR "skeleton" = "look") IS TRUE AND ("look" IS NULL OR "skeleton_version" IS NOT NULL)
    );
ALTER TABLE "username_changes"
    ALTER COLUMN "key" TYPE TEXT COLLATE "C",
    ADD CONSTRAINT "username_changes_status_check" CHECK ("status" IN ('current', 'held', 'reserved', 'free')),
    ADD CONSTRAINT "username_changes_cause_check" CHECK ("cause" IN (
        'recorded', 'seeded', 'claimed', 'renamed', 'respelled', 'released', 'deleted', 'reserved', 'freed',
        'transferred'
    ));

CREATE FUNCTION refuse_rewriting() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END
$$;
CREATE TRIGGER username_changes_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON "username_changes"
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();

-- Enters a name's row, as it is now, as the latest of its changes.
CREATE FUNCTION record_change(
    name usernames,
    moment timestamptz,
    cause text,
    actor text,
    note text,
    person text,
    counterpart text
) RETURNS void
    LANGUAGE sql AS $$
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
    )
$$;

-- The names of before there was a history.
SELECT record_change(u, clock_timestamp(), 'recorded', NULL, NULL, u.owner_id, NULL)
FROM usernames u ORDER BY u.key;
-- Somebody's first name is no renaming; those who have one have had it.
UPDATE profiles p SET renamed_at = '{}' WHERE EXISTS (SELECT FROM usernames u WHERE u.owner_id = p.id);

DROP FUNCTION claim_username(text, text, text, text, int, text[]);
DROP FUNCTION free_usernames(text[], int);
DROP FUNCTION username_status(usernames, text);

-- What a row of usernames means to a person (nulls: to somebody signed out).
-- The one definition that all of the functions below share.
CREATE FUNCTION username_status(name usernames, person text, email text) RETURNS text
    LANGUAGE sql VOLATILE AS $$
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
$$;

-- Whether the owner of a name has another one, still theirs, that looks so.
CREATE FUNCTION has_twin(name usernames, twins_look text) RETURNS boolean
    LANGUAGE sql VOLATILE AS $$
    SELECT EXISTS (
        SELECT FROM usernames t
        WHERE t.owner_id = name.owner_id AND t.key <> name.key AND t.look = twins_look
            AND (t.held_until IS NULL OR t.held_until > clock_timestamp())
    )
$$;

-- What claiming a name would meet: the status of the name, or 'too-similar' where the name is
-- to be had but another one looks like it, which is told only where anybody can see it.
-- Without a skeleton no look-alike is looked for, nor for a name that is theirs as it stands.
CREATE FUNCTION look_up_username(
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
    IF status = 'yours' AND name.held_until IS NULL AND name.display = wanted_display THEN
        RETURN;
    END IF;
    IF status IN ('available', 'yours') AND wanted_skeleton IS NOT NULL THEN
        SELECT u.* INTO rival FROM usernames u WHERE u.skeleton = wanted_skeleton AND u.key <> wanted_key;
        -- A reservation for somebody is of that name, and of none that looks like it.
        rival_status := username_status(rival, person, NULL);
        IF rival_status NOT IN ('available', 'yours') THEN
            status := 'too-similar';
            resembles := CASE WHEN rival_status = 'taken' THEN rival.display END;
        ELSIF (rival_status = 'available' AND has_twin(rival, wanted_skeleton))
            OR (status = 'available' AND has_twin(name, wanted_skeleton)) THEN
            status := 'too-similar';
        END IF;
    END IF;
END
$$;

-- The first few of some candidate names that anybody may claim; skeletons are theirs, in the
-- same order, or null.
-- One look-up by key for each: a session keeps the plan it made while the table was small,
-- and a plan for all of them at once would go on reading the whole of a table that grew.
CREATE FUNCTION free_usernames(candidates text[], skeletons text[], most int) RETURNS text[]
    LANGUAGE plpgsql AS $$
DECLARE
    free text[] := '{}';
    found_status text;
BEGIN
    FOR at IN 1 .. cardinality(candidates) LOOP
        EXIT WHEN cardinality(free) = most;
        SELECT l.status INTO found_status
        FROM look_up_username(candidates[at], skeletons[at], NULL, NULL) l;
        IF found_status = 'available' THEN
            free := free || candidates[at];
        END IF;
    END LOOP;
    RETURN free;
END
$$;

-- The answer that was kept for an idempotency key, or null. A key that was used for something
-- else within the last 24 hours answers the outcome 'key-reused'.
CREATE FUNCTION kept_answer(person text, idempotency_key text, asked text) RETURNS jsonb
    LANGUAGE sql VOLATILE AS $$
    SELECT CASE WHEN k.request = asked THEN k.answer ELSE '{"outcome": "key-reused"}' END
    FROM idempotency_keys k
    WHERE k.person_id = person AND k.key = idempotency_key
        AND k.created_at > clock_timestamp() - interval '24 hours'
$$;

-- Keeps the answer of what was done with an idempotency key, if there is one, and throws away
-- a few that are too old. The person's profile is locked, so nobody else keeps one for that key.
CREATE FUNCTION keep_answer(person text, idempotency_key text, asked text, given jsonb) RETURNS void
    LANGUAGE plpgsql AS $$
BEGIN
    IF idempotency_key IS NULL THEN
        RETURN;
    END IF;
    INSERT INTO idempotency_keys AS k (person_id, key, request, answer, created_at)
    VALUES (person, idempotency_key, asked, given, clock_timestamp())
    ON CONFLICT (person_id, key) DO UPDATE
    SET request = EXCLUDED.request, answer = EXCLUDED.answer, created_at = EXCLUDED.created_at;
    DELETE FROM idempotency_keys k
    WHERE k.ctid = ANY (ARRAY(
        SELECT o.ctid FROM idempotency_keys o
        WHERE o.created_at <= clock_timestamp() - interval '24 hours'
        ORDER BY o.created_at LIMIT 10 FOR UPDATE SKIP LOCKED
    ));
END
$$;

-- Locks a person's profile, entering an empty one where there is none.
CREATE FUNCTION lock_profile(person text, person_name text) RETURNS profiles
    LANGUAGE plpgsql AS $$
DECLARE
    me profiles;
BEGIN
    SELECT p.* INTO me FROM profiles p WHERE p.id = person FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        INSERT INTO profiles (id, display_name) VALUES (person, person_name) ON CONFLICT (id) DO NOTHING;
        SELECT p.* INTO me FROM profiles p WHERE p.id = person FOR NO KEY UPDATE;
    END IF;
    RETURN me;
END
$$;

-- Lets the newest name that an owner still has with this look keep others off it, where none does.
CREATE FUNCTION pass_skeleton_on(owner text, look_left text) RETURNS void
    LANGUAGE sql AS $$
    UPDATE usernames u SET skeleton = u.look
    WHERE u.key = (
        SELECT t.key FROM usernames t
        WHERE t.owner_id = owner AND t.look = look_left
            AND (t.held_until IS NULL OR t.held_until > clock_timestamp())
        ORDER BY t.held_until DESC NULLS FIRST LIMIT 1
    ) AND NOT EXISTS (SELECT FROM usernames k WHERE k.skeleton = look_left)
$$;

-- Makes the current name of a profile, which is locked, a former one, held until a time.
-- Answers its row; null where the profile has no name.
CREATE FUNCTION hold_username(
    me profiles,
    moment timestamptz,
    hold_until timestamptz,
    cause text,
    actor text,
    note text,
    successor text
) RETURNS usernames
    LANGUAGE plpgsql AS $$
DECLARE
    old usernames;
BEGIN
    UPDATE usernames u SET held_until = hold_until WHERE u.key = me.username_key RETURNING u.* INTO old;
    IF FOUND THEN
        PERFORM record_change(old, moment, cause, actor, note, me.id, successor);
    END IF;
    RETURN old;
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
-- suggestions for who lost to somebody, the first free ones of the candidates
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
    candidates text[],
    candidate_skeletons text[],
    idempotency_key text,
    OUT outcome text,
    OUT taken_at timestamptz,
    OUT previous text,
    OUT until timestamptz,
    OUT resembles text,
    OUT respelled text,
    OUT suggestions text[]
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
        SELECT l.* INTO seen FROM look_up_username(wanted_display, wanted_skeleton, person, person_email) l;

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
            suggestions := free_usernames(candidates, candidate_skeletons, 5);
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
        old := hold_username(
            me, moment, moment + make_interval(days => hold_days), 'renamed', person, NULL, name.display
        );
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
    PERFORM keep_answer(
        person, idempotency_key, asked,
        jsonb_build_object('outcome', outcome, 'taken_at', taken_at, 'previous', previous, 'until', until)
    );
END
$$;

-- Gives up the current name of a person, which is then held for them.
--
-- outcome   'released', 'no-username' or 'key-reused'
-- released  the name, as it was displayed; `until` it is held
CREATE FUNCTION release_username(
    person text,
    hold_days int,
    idempotency_key text,
    OUT outcome text,
    OUT released text,
    OUT until timestamptz
) LANGUAGE plpgsql AS $$
DECLARE
    asked CONSTANT text := 'release';
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
    IF me.username_key IS NULL THEN
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

-- Forgets a person whose account is deleted: their current name is held, like their former
-- ones, and their profile keeps nothing but its id, which by then leads to nobody. It is there
-- afterwards even where it was not before, for a claim of theirs that is still on its way to meet.
-- Answers that name as it was displayed, or null.
CREATE FUNCTION forget_person(person text, hold_days int) RETURNS text
    LANGUAGE plpgsql AS $$
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
$$;

-- Reserves a name that is nobody's, or changes why or for whom it is reserved.
--
-- for_email  the one person who may claim it all the same, or null
-- outcome    'reserved', or why not: 'taken' or 'held'
CREATE FUNCTION reserve_username(
    wanted_display text,
    wanted_skeleton text,
    wanted_skeleton_version text,
    because text,
    for_email text,
    actor text,
    note text,
    OUT outcome text,
    OUT until timestamptz
) LANGUAGE plpgsql AS $$
DECLARE
    wanted_key CONSTANT text := lower(wanted_display COLLATE "C");
    name usernames;
BEGIN
    LOOP
        INSERT INTO usernames AS u (key, display, reserved_because, reserved_for)
        VALUES (wanted_key, wanted_display, because, for_email)
        ON CONFLICT (key) DO UPDATE
        SET display = EXCLUDED.display, owner_id = NULL, claimed_at = NULL, held_until = NULL,
            reserved_because = EXCLUDED.reserved_because, reserved_for = EXCLUDED.reserved_for,
            look = NULL, skeleton = NULL, skeleton_version = NULL
        WHERE username_status(u, NULL, NULL) IN ('available', 'reserved')
        RETURNING u.* INTO name;
        EXIT WHEN FOUND;
        SELECT u.* INTO name FROM usernames u WHERE u.key = wanted_key;
        outcome := username_status(name, NULL, NULL);
        IF outcome IN ('taken', 'held') THEN
            until := name.held_until;
            RETURN;
        END IF;
    END LOOP;
    PERFORM set_skeleton(wanted_key, wanted_display, wanted_skeleton, wanted_skeleton_version);
    PERFORM record_change(name, clock_timestamp(), 'reserved', actor, note, NULL, NULL);
    outcome := 'reserved';
END
$$;

-- Whether a name gives up its skeleton to another one that has the same by a version of the
-- table: its own is of another version and says nothing, or it is anybody's to claim, or a
-- former name where the other is the current one of the same owner.
CREATE FUNCTION gives_up_skeleton(name usernames, rival usernames, version text) RETURNS boolean
    LANGUAGE sql VOLATILE AS $$
    SELECT name.skeleton_version IS DISTINCT FROM version
        OR username_status(name, NULL, NULL) = 'available'
        OR (name.held_until IS NOT NULL AND rival.held_until IS NULL AND name.owner_id = rival.owner_id) IS TRUE
$$;

-- Gives a name the skeleton that was made of how it is displayed: unless it is displayed
-- otherwise by now, or is anybody's to claim, or another name keeps that skeleton. Answers that
-- other one, as it is displayed, where it has another owner; else null.
CREATE FUNCTION set_skeleton(name_key text, name_display text, new_skeleton text, new_version text) RETURNS text
    LANGUAGE plpgsql AS $$
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
$$;

-- Enters reserved names that are not in the table yet; whatever stands there stays as it is.
CREATE FUNCTION seed_reserved_names(keys text[], reasons text[], skeletons text[], version text) RETURNS void
    LANGUAGE plpgsql AS $$
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
$$;

-- Gives up, for an administrator, whatever stands in the way of claiming a name: a reservation
-- ends, a current name becomes a held one, a held one anybody's.
--
-- at_once  frees a current name too, without holding it
-- outcome  'released', or 'unused' where nothing stood in the way; `was` then says nothing
-- until    it is held, if it is
CREATE FUNCTION free_username(
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
    moment timestamptz(3);
BEGIN
    outcome := 'unused';
    LOOP
        SELECT u.* INTO name FROM usernames u WHERE u.key = wanted_key;
        IF username_status(name, NULL, NULL) = 'available' THEN
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

-- Hands a name that is somebody's, or reserved, to a person, as their current one; the one they
-- had is held for them.
--
-- outcome  'transferred', 'unused' where it is nobody's to hand over, 'forgotten' where the account
--          of whom it is for is deleted, or 'too-similar' where somebody else has a name that looks
--          like it, its last owner among them
CREATE FUNCTION transfer_username(
    wanted_key text,
    to_person text,
    to_name text,
    hold_days int,
    actor text,
    note text,
    OUT outcome text,
    OUT display text,
    OUT from_person text,
    OUT previous text
) LANGUAGE plpgsql AS $$
DECLARE
    name usernames;
    giver profiles;
    taker profiles;
    rival usernames;
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
    SELECT u.* INTO rival FROM usernames u WHERE u.skeleton = name.look AND u.key <> wanted_key;
    IF username_status(rival, to_person, NULL) NOT IN ('available', 'yours')
        OR (from_person <> to_person AND has_twin(name, name.look)) THEN
        outcome := 'too-similar';
        RETURN;
    END IF;
    UPDATE usernames u SET skeleton = NULL WHERE u.key = rival.key;
    IF giver.username_key = wanted_key THEN
        UPDATE profiles p SET username_key = NULL WHERE p.id = giver.id;
    END IF;
    UPDATE usernames u
    SET owner_id = to_person, claimed_at = moment, held_until = NULL,
        reserved_because = NULL, reserved_for = NULL, skeleton = u.look
    WHERE u.key = wanted_key
    RETURNING u.* INTO name;
    previous := (hold_username(
        taker, moment, moment + make_interval(days => hold_days), 'renamed', actor, note, name.display
    )).display;
    UPDATE profiles p SET username_key = wanted_key, renamed_at = COALESCE(p.renamed_at, '{}') WHERE p.id = to_person;
    IF from_person IS DISTINCT FROM to_person AND from_person IS NOT NULL THEN
        PERFORM record_change(name, moment, 'transferred', actor, note, from_person, NULL);
    END IF;
    PERFORM record_change(name, moment, 'transferred', actor, note, to_person, previous);
END
$$;
