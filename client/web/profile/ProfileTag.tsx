import type { ReactNode } from 'react'
import { visible } from '../../../shared/visible.ts'
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

/** More than one of them at once. */
const emptyLines = /\n(?:\s*\n){2,}/g

/** Somebody's name tag. */
export function ProfileTag(profile: ProfileTagProps) {
  const { username, accentColour, claimedAt, heading } = profile
  const [pronouns, role, company] = [profile.pronouns, profile.role, profile.company].map(visible)
  const bio = visible(profile.bio).replace(emptyLines, '\n\n')
  return (
    <article className="tag profile-tag" style={accentStyle(accentColour)}>
      <p className="tag-band">Hello, I’m</p>
      <div className="profile-body">
        {heading}
        <p className="profile-line">
          <span className="profile-username">{username === null ? 'No username yet' : `@${username}`}</span>
          {pronouns && <bdi className="profile-pronouns">{pronouns}</bdi>}
        </p>
        {(role || company) && (
          <p className="profile-work">
            {role && <bdi>{role}</bdi>}
            {role && company && ' at '}
            {company && <bdi>{company}</bdi>}
          </p>
        )}
        {bio && (
          <p className="profile-bio" dir="auto">
            {bio}
          </p>
        )}
        {claimedAt !== null && (
          <p className="profile-since">
            Called dibs on <Time at={claimedAt} />
          </p>
        )}
      </div>
    </article>
  )
}
