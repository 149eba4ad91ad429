import type pg from 'pg'

/** What the hand-written claim needs, and nothing else: one row a name, one name a person. */
export const byHandTables = `
  CREATE TABLE IF NOT EXISTS profiles (
    id text PRIMARY KEY,
    display_name text NOT NULL DEFAULT '',
    bio text NOT NULL DEFAULT ''
  );
  CREATE TABLE IF NOT EXISTS usernames (
    key text COLLATE "C" PRIMARY KEY,
    display text NOT NULL,
    owner_id text NOT NULL UNIQUE,
    claimed_at timestamptz NOT NULL DEFAULT now()
  )`

/** Takes the name, or answers who has it. */
export const byHandClaim = `
  WITH won AS (
    INSERT INTO usernames (key, display, owner_id) VALUES ($1, $2, $3)
    ON CONFLICT DO NOTHING
    RETURNING owner_id, claimed_at
  )
  SELECT owner_id, claimed_at FROM won
  UNION ALL
  SELECT owner_id, claimed_at FROM usernames WHERE key = $1`

interface Row {
  readonly owner_id: string
  readonly claimed_at: Date
}

/** When the person got the name; null when it is somebody else's, or they have another one. */
export async function claimByHand(pool: pg.Pool, person: string, username: string): Promise<Date | null> {
  const key = username.toLowerCase()
  const query = { name: 'claim', text: byHandClaim, values: [key, username, person] }
  let [row] = (await pool.query<Row>(query)).rows
  // Somebody got it while this statement waited, whose row it can't see: the next one can.
  if (row === undefined) [row] = (await pool.query<Row>(query)).rows
  return row?.owner_id === person ? row.claimed_at : null
}
