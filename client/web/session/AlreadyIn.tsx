import { Link } from 'wouter'
import type { Session } from './auth-api.ts'

/** Tells somebody who is signed in so, where they could sign in. */
export function AlreadyIn({ name }: Pick<Session, 'name'>) {
  return (
    <div className="panel stack">
      <p>
        You are signed in as <bdi>{name}</bdi>. Below you can go on as somebody else.
      </p>
      <div className="actions">
        <Link href="/settings" className="button button-primary">
          Settings
        </Link>
        <Link href="/" className="button button-quiet">
          Home
        </Link>
      </div>
    </div>
  )
}
