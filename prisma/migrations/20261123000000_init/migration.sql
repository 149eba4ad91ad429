-- CreateTable
CREATE TABLE "usernames" (
    "key" TEXT NOT NULL,
    "display" TEXT NOT NULL,
    "owner_id" TEXT,
    "claimed_at" TIMESTAMPTZ(3),
    "held_until" TIMESTAMPTZ(3),
    "reserved_because" TEXT,

    CONSTRAINT "usernames_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "profiles" (
    "id" TEXT NOT NULL,
    "username_key" TEXT,
    "display_name" TEXT NOT NULL DEFAULT '',
    "bio" TEXT NOT NULL DEFAULT '',
    "pronouns" TEXT NOT NULL DEFAULT '',
    "role" TEXT NOT NULL DEFAULT '',
    "company" TEXT NOT NULL DEFAULT '',
    "accent_colour" TEXT,
    "version" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "profiles_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "users" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "email_verified" BOOLEAN NOT NULL DEFAULT false,
    "image" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sessions" (
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "token" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "ip_address" TEXT,
    "user_agent" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "sessions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "accounts" (
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "account_id" TEXT NOT NULL,
    "provider_id" TEXT NOT NULL,
    "access_token" TEXT,
    "refresh_token" TEXT,
    "id_token" TEXT,
    "access_token_expires_at" TIMESTAMPTZ(3),
    "refresh_token_expires_at" TIMESTAMPTZ(3),
    "scope" TEXT,
    "password" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "accounts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "verifications" (
    "id" TEXT NOT NULL,
    "identifier" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "verifications_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rate_limits" (
    "id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "count" INTEGER NOT NULL,
    "last_request" BIGINT NOT NULL,

    CONSTRAINT "rate_limits_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "usernames_owner_id_key" ON "usernames"("owner_id", "key");

-- CreateIndex
CREATE UNIQUE INDEX "users_email_key" ON "users"("email");

-- CreateIndex
CREATE UNIQUE INDEX "sessions_token_key" ON "sessions"("token");

-- CreateIndex
CREATE INDEX "sessions_user_id_idx" ON "sessions"("user_id");

-- CreateIndex
CREATE INDEX "accounts_user_id_idx" ON "accounts"("user_id");

-- CreateIndex
CREATE INDEX "verifications_identifier_idx" ON "verifications"("identifier");

-- CreateIndex
CREATE UNIQUE INDEX "rate_limits_key_key" ON "rate_limits"("key");

-- AddForeignKey
ALTER TABLE "usernames" ADD CONSTRAINT "usernames_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "profiles"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "profiles" ADD CONSTRAINT "profiles_id_username_key_fkey" FOREIGN KEY ("id", "username_key") REFERENCES "usernames"("owner_id", "key") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "accounts" ADD CONSTRAINT "accounts_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;


-- From here on by hand: what Prisma's schema language can't say.

-- A key compares byte by byte on every server, whatever its locale.
ALTER TABLE "usernames" ALTER COLUMN "key" TYPE TEXT COLLATE "C";
ALTER TABLE "profiles" ALTER COLUMN "username_key" TYPE TEXT COLLATE "C";

-- Under the "C" collation lower() folds ASCII letters and nothing else.
ALTER TABLE "usernames"
    ADD CONSTRAINT "usernames_key_check" CHECK ("key" ~ '^[a-z0-9_-]{3,50}$'),
    ADD CONSTRAINT "usernames_display_check" CHECK (lower("display" COLLATE "C") = "key"),
    ADD CONSTRAINT "usernames_owner_check" CHECK (
        CASE WHEN "owner_id" IS NULL
            THEN "claimed_at" IS NULL AND "held_until" IS NULL
            ELSE "claimed_at" IS NOT NULL AND "reserved_because" IS NULL
        END
    );

ALTER TABLE "profiles"
    ADD CONSTRAINT "profiles_accent_colour_check" CHECK ("accent_colour" ~ '^#[0-9a-f]{6}$');

-- What a row of usernames means to a person (null: to somebody signed out).
-- The one definition that claiming, checking and suggesting share.
CREATE FUNCTION username_status(name usernames, person text) RETURNS text
    LANGUAGE sql VOLATILE AS $$
    SELECT CASE
        WHEN name.key IS NULL THEN 'available'
        WHEN name.owner_id = person THEN 'yours'
        WHEN name.reserved_because IS NOT NULL THEN 'reserved'
        WHEN name.owner_id IS NULL THEN 'available'
        WHEN name.held_until <= clock_timestamp() THEN 'available'
        WHEN name.held_until IS NOT NULL THEN 'held'
        ELSE 'taken'
    END
$$;

-- The first few of some candidate names that anybody may claim.
-- One look-up by key for each: a session keeps the plan it made while the table was small,
-- and a plan for all of them at once would go on reading the whole of a table that grew.
CREATE FUNCTION free_usernames(candidates text[], most int) RETURNS text[]
    LANGUAGE plpgsql AS $$
DECLARE
    candidate text;
    name usernames;
    free text[] := '{}';
BEGIN
    FOREACH candidate IN ARRAY candidates LOOP
        EXIT WHEN cardinality(free) = most;
        SELECT u.* INTO name FROM usernames u WHERE u.key = lower(candidate COLLATE "C");
        IF username_status(name, NULL) = 'available' THEN
            free := free || candidate;
        END IF;
    END LOOP;
    RETURN free;
END
$$;

-- Claims a name for a person, or renames them to it: all of it or nothing.
--
-- outcome     'claimed', also when it was theirs already; else why not:
--             'taken', 'reserved' or 'held' (then `until` says how long)
-- suggestions for a loser, the first free ones of the candidates
--
-- Losing is a row, not an error: a loser who finds the name gone writes nothing and needs
-- no transaction id. One who had to wait for the winner has locked their own profile, or
-- entered an empty one, and nothing else.
-- Order of locks: the person's profile first, then one name that is not theirs to
-- begin with, then only names that they own. Nobody waits for a name while holding
-- one that somebody else may wait for, so there is no cycle.
-- Each statement below sees what was committed before it (READ COMMITTED), so the
-- reason given to a loser is the winner's row, not a guess. Under a stricter isolation
-- level the same race ends in SQLSTATE 40001, which the caller retries.
CREATE FUNCTION claim_username(
    person text,
    person_name text,
    wanted_key text,
    wanted_display text,
    hold_days int,
    candidates text[],
    OUT outcome text,
    OUT taken_at timestamptz,
    OUT previous text,
    OUT until timestamptz,
    OUT suggestions text[]
) LANGUAGE plpgsql AS $$
DECLARE
    me profiles;
    name usernames;
    moment timestamptz(3);
BEGIN
    LOOP
        SELECT u.* INTO name FROM usernames u WHERE u.key = wanted_key;
        outcome := username_status(name, person);

        IF outcome NOT IN ('available', 'yours') THEN
            until := name.held_until;
            suggestions := free_usernames(candidates, 5);
            RETURN;
        END IF;

        IF outcome = 'yours' THEN
            SELECT u.claimed_at INTO taken_at
            FROM usernames u JOIN profiles p ON p.id = u.owner_id AND p.username_key = u.key
            WHERE u.key = wanted_key AND u.display = wanted_display AND u.owner_id = person;
            IF FOUND THEN
                outcome := 'claimed';
                RETURN;
            END IF;
        END IF;

        IF me.id IS NULL THEN
            SELECT p.* INTO me FROM profiles p WHERE p.id = person FOR NO KEY UPDATE;
            IF NOT FOUND THEN
                INSERT INTO profiles (id, display_name) VALUES (person, person_name) ON CONFLICT (id) DO NOTHING;
                SELECT p.* INTO me FROM profiles p WHERE p.id = person FOR NO KEY UPDATE;
            END IF;
        END IF;

        moment := clock_timestamp();
        IF name.key IS NULL THEN
            INSERT INTO usernames AS u (key, display, owner_id, claimed_at)
            VALUES (wanted_key, wanted_display, person, moment)
            ON CONFLICT (key) DO NOTHING
            RETURNING u.claimed_at INTO taken_at;
        ELSE
            UPDATE usernames u
            SET display = wanted_display,
                owner_id = person,
                held_until = NULL,
                claimed_at = CASE WHEN me.username_key = wanted_key THEN u.claimed_at ELSE moment END
            WHERE u.key = wanted_key AND username_status(u, person) IN ('available', 'yours')
            RETURNING u.claimed_at INTO taken_at;
        END IF;
        EXIT WHEN FOUND;
    END LOOP;

    outcome := 'claimed';
    IF me.username_key IS DISTINCT FROM wanted_key THEN
        UPDATE usernames u SET held_until = moment + make_interval(days => hold_days)
        WHERE u.key = me.username_key
        RETURNING u.display INTO previous;
        UPDATE profiles p SET username_key = wanted_key WHERE p.id = person;
    END IF;
END
$$;
