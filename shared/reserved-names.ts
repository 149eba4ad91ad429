/** Why a name is nobody's to claim. */
const namesByReason = {
  /** Paths and hosts that a deployment serves, or may want to. */
  route:
    'about account accounts admin api app apps assets auth blog cdn claim contact dashboard dev docs download explore faq favicon files ftp graphql health healthz help home host hostmaster imap img index invite jobs legal localhost login logout mail mobile news oauth pop3 postmaster press pricing privacy profile profiles public readyz register rss search security settings signin signout sign-in sign-out signup sign-up sitemap smtp sso static status subdomain support team terms trpc upload uploads user username usernames users well-known webmail webmaster wiki www',
  /** Names that would speak for the service (RFC 2142 mailboxes among them). */
  authority:
    'abuse administrator billing community compliance dibs founder info marketing moderator moderators noc no-reply noreply official operator owner root sales staff superuser sysadmin system trust verified',
  /** Words that programs take for something else than a name. */
  programming:
    '__proto__ anonymous constructor default deleted everyone false guest hasownproperty here me myself nan nil nobody none null prototype self somebody someone test tostring true undefined unknown valueof void you',
} as const

export type ReservedReason = keyof typeof namesByReason

export interface ReservedName {
  /** A canonical key. */
  readonly name: string
  readonly because: ReservedReason
}

/** The names that a new database starts out with as reserved. Valid names only: others cannot be claimed anyway. */
export const reservedNames: readonly ReservedName[] = Object.entries(namesByReason).flatMap(
  ([because, names]) =>
    names
      .split(' ')
      .filter((name) => name.length >= 3)
      .map((name) => ({ name, because: because as ReservedReason })),
)
