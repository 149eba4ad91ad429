-- Claims a name as before, but of any name that it spells anew, also one that was held, reserved or free, it
-- tells how it was spelled: what looked like that may look like nothing any more.
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
