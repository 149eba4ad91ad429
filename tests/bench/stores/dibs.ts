import { confusablesVersion } from '../../../shared/confusables.ts'
import { inSql } from '../people.ts'
import { numbered, type Store } from './store.ts'

const { name, personId, token } = inSql

/** Accounts, each with a session. */
const accounts = `
  users_made AS (
    INSERT INTO users (id, name, email)
    SELECT ${personId('at')}, 'Somebody', ${personId('at')} || '@people.example' FROM ${numbered}
  ),
  sessions_made AS (
    INSERT INTO sessions (id, user_id, token, expires_at, updated_at)
    SELECT ${token('at')}, ${personId('at')}, ${token('at')}, now() + interval '1 day', now() FROM ${numbered}
  )`

/** What a sign-up and a claim leave behind. */
export const dibsStore: Store = {
  name: 'dibs',
  owners: `
    WITH ${accounts},
    named AS (
      SELECT ${name('at')} AS name, ${personId('at')} AS owner FROM ${numbered}
    ),
    names_made AS (
      INSERT INTO usernames (key, display, owner_id, claimed_at, look, skeleton, skeleton_version)
      SELECT name, name, owner, now(), name, name, '${confusablesVersion}' FROM named
    ),
    profiles_made AS (
      INSERT INTO profiles (id, username_key, display_name, renamed_at)
      SELECT owner, name, 'Somebody', '{}' FROM named
    )
    INSERT INTO username_changes (
      key, display, changed_at, cause, actor_id, person_id, status, owner_id, claimed_at
    )
    SELECT name, name, now(), 'claimed', owner, owner, 'current', owner, now() FROM named`,
  people: `WITH ${accounts} SELECT`,
  count: 'SELECT count(*)::int FROM usernames WHERE owner_id IS NOT NULL',
}
