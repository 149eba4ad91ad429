import { confusablesVersion } from '../../../shared/confusables.ts'
import { inSql } from '../people.ts'
import { numbered, type Store } from './store.ts'

const { name, personId, token } = inSql

/** Accounts, each with a session. */
const accounts = `
  person AS MATERIALIZED (
    SELECT ${personId('at')} AS id, ${token('at')} AS token, ${name('at')} AS name FROM ${numbered}
  ),
  users_made AS (
    INSERT INTO users (id, name, email) SELECT id, 'Somebody', id || '@people.example' FROM person
  ),
  sessions_made AS (
    INSERT INTO sessions (id, user_id, token, expires_at, updated_at)
    SELECT token, id, token, now() + interval '1 day', now() FROM person
  )`

/** What a sign-up and a claim leave behind. */
export const dibsStore: Store = {
  name: 'dibs',
  owners: `
    WITH ${accounts},
    claimed AS MATERIALIZED (
      SELECT id, name, nextval('username_changes_id_seq') AS first_change_id FROM person
    ),
    names_made AS (
      INSERT INTO usernames (
        key, display, owner_id, claimed_at, look, skeleton, skeleton_version, first_change_id
      )
      SELECT name, name, id, now(), name, name, '${confusablesVersion}', first_change_id FROM claimed
    ),
    profiles_made AS (
      INSERT INTO profiles (id, username_key, display_name, renamed_at, first_change_id)
      SELECT id, name, 'Somebody', '{}', first_change_id FROM claimed
    )
    INSERT INTO username_changes (
      id, key, display, changed_at, cause, actor_id, person_id, status, owner_id, claimed_at, is_first
    )
    SELECT first_change_id, name, name, now(), 'claimed', id, id, 'current', id, now(), true FROM claimed`,
  people: `WITH ${accounts} SELECT`,
  count: 'SELECT count(*)::int FROM usernames WHERE owner_id IS NOT NULL',
  touched: [
    ...['usernames', 'usernames_pkey', 'usernames_skeleton_key', 'usernames_owner_id_key'],
    'profiles_pkey',
  ],
}
