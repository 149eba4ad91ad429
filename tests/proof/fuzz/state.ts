import type { Database } from '../../../server/database/open.ts'

/**
 * What requests can change, in one text that differs when any of it does. Of names, those that are
 * somebody's, and how much was ever added to the history, to which every other change adds. Of
 * sessions not until when they last: one that is used is prolonged, whatever for.
 */
export async function stateOf({ query }: Database): Promise<string> {
  const [row] = await query`
    SELECT concat_ws(' ',
      (SELECT md5(string_agg(t::text, '|' ORDER BY key)) FROM usernames t WHERE owner_id IS NOT NULL),
      (SELECT count(*) || '-' || max(id) FROM username_changes),
      (SELECT md5(string_agg(t::text, '|' ORDER BY id)) FROM profiles t),
      (SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM idempotency_keys t),
      (SELECT md5(string_agg(t::text, '|' ORDER BY id)) FROM users t),
      (SELECT md5(string_agg(t::text, '|' ORDER BY id)) FROM accounts t),
      (SELECT md5(string_agg(concat_ws(' ', id, user_id, token), '|' ORDER BY id)) FROM sessions),
      (SELECT md5(string_agg(t::text, '|' ORDER BY id)) FROM verifications t)) AS state`
  return String(row?.state)
}
