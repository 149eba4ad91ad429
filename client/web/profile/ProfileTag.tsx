import type { ReactNode } from 'react'
import { Time } from '../ui/Time.tsx'
import { accentStyle } from './accent.ts'

export interface ProfileTagProps {
  readonly username: string | null
  readonly displayName: string
  readonly pronouns: string
  readonly role: string
  readonly company: string
  readonly bio: string
  readonly accentColour: string | null
  readonly claimedAt: string | null
  /** The name in large: a heading where the page is about this person. */
  readonly heading: ReactNode
}

/** Somebody's name tag. */
export function ProfileTag(profile: ProfileTagProps) {
  const { username, pronouns, bio, accentColour, claimedAt, heading } = profile
  const work = [profile.role, profile.company].filter(Boolean).join(' at ')
  return (
    <article className="tag profile-tag" style={accentStyle(accentColour)}>
      <p className="tag-band">Hello, I’m</p>
      <div className="profile-body">
        {heading}
        <p className="profile-line">
          <span className="profile-username">{username === null ? 'No username yet' : `@${username}`}</span>
          {pronouns && <span className="profile-pronouns">{pronouns}</span>}
        </p>
        {work && <p className="profile-work">{work}</p>}
        {bio && <p className="profile-bio">{bio}</p>}
        {claimedAt !== null && (
          <p className="profile-since">
            Called dibs on <Time at={claimedAt} />
          </p>
        )}
      </div>
    </article>
  )
}
