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
    )
    -- Once more, for who frees or takes that one meanwhile.
    AND u.owner_id = owner COLLATE "default" AND u.look = look_left
    AND NOT EXISTS (SELECT FROM usernames k WHERE k.skeleton = look_left);
EXCEPTION WHEN unique_violation THEN
    -- Somebody else's name keeps others off by now.
END
$$;

-- Whether a name gives up its skeleton to another one that has the same by a version of the
-- table: its own is of another version and says nothing, or it is anybody's to claim and the other is
-- current, or its last owner has none like it, or it is a former name and the other the current one of the
-- same owner.
CREATE OR REPLACE FUNCTION gives_up_skeleton(name usernames, rival usernames, version text) RETURNS boolean
    LANGUAGE sql VOLATILE AS $$
    SELECT name.skeleton_version IS DISTINCT FROM version
        OR (username_status(name, NULL, NULL) = 'available'
            AND (username_status(rival, NULL, NULL) = 'taken' OR NOT has_twin(name, name.skeleton)))
        OR (name.held_until IS NOT NULL AND rival.held_until IS NULL AND name.owner_id = rival.owner_id) IS TRUE
$$;

-- Reserves a name that is nobody's, or changes why or for whom it is reserved. Where its last owner still
-- has one that looks like it, that one keeps others off from then on.
--
-- for_email  the one person who may claim it all the same, or null
-- outcome    'reserved', or why not: 'taken' or 'held'
CREATE OR REPLACE FUNCTION reserve_username(
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
$$;

-- Gives up, for an administrator, whatever stands in the way of claiming a name: a reservation
-- ends, a current name becomes a held one, a held one anybody's. One that became held only while this
-- waited stays so.
--
-- at_once  frees a current name too, without holding it
-- outcome  'released', or 'unused' where nothing stood in the way; `was` then says nothing
-- until    it is held, if it is
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
        was := seen;
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

-- Hands a name that is somebody's, or reserved, to a person, as their current one; the one they
-- had is held for them.
--
-- outcome  'transferred', 'unused' where it is nobody's to hand over, 'forgotten' where the account
--          of whom it is for is deleted, or 'too-similar' where somebody else has a name that looks
--          like it, its last owner among them
CREATE OR REPLACE FUNCTION transfer_username(
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
$$;
