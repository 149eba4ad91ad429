import { Avatar } from './Avatar.tsx'

/** Stands in for the account menu where that could not be fetched. Following it loads everything anew. */
export function AccountLink({ username, name }: { username: string | null; name: string }) {
  const shown = username === null ? name : `@${username}`
  return (
    <a className="account-button" href="/settings" aria-label={`Settings of ${shown}`}>
      <Avatar name={username ?? name} />
      <span className="account-name" dir="auto">
        {shown}
      </span>
    </a>
  )
}
