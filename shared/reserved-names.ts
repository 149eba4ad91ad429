/** Why a name is nobody's to claim. */
const namesByReason = {
  /** Paths and hosts that a deployment serves, or may want to. */
  route:
    'about account accounts api app apps assets auth blog cdn claim contact dashboard docs download explore faq favicon files graphql health healthz help home host imap img index invite jobs legal localhost login logout mail mobile oauth pop3 press pricing privacy profile profiles public readyz register rss search settings signin signout sign-in sign-out signup sign-up sitemap smtp sso static status subdomain terms trpc upload uploads user username usernames users well-known webmail wiki',
  /** Mailboxes of RFC 2142, the one that its introduction names among them, and of mail servers. */
  mailbox:
    'abuse ftp hostmaster info mailer-daemon marketing news no-reply noc noreply postmaster sales security support trouble usenet uucp webmaster www',
  /** Names that would speak for the service. */
  authority:
    'admin administrator billing community compliance dibs founder moderator moderators official operator owner root staff superuser sysadmin system team trust verified',
  /** Words that programs take for something else than a name. */
  programming:
    '__proto__ anonymous constructor default deleted everyone false guest hasownproperty here me myself nan nil nobody none null prototype self somebody someone test tostring true undefined unknown valueof void you',
} as const

/** `customary` are those that no list here names, but one that many services share. */
export type ReservedReason = keyof typeof namesByReason | 'customary'

export interface ReservedName {
  /** A canonical key. */
  readonly name: string
  readonly because: ReservedReason
}

/** The names that Dibs itself has to keep. Valid names only: others cannot be claimed anyway. */
export const reservedNames: readonly ReservedName[] = Object.entries(namesByReason).flatMap(
  ([because, names]) =>
    names
      .split(' ')
      .filter((name) => name.length >= 3)
      .map((name) => ({ name, because: because as ReservedReason })),
)
