import { Button } from 'react-aria-components/Button'
import { Link } from 'wouter'
import type { PublicProfile } from '../../../shared/schemas.ts'
import { useMe, useSession } from '../session/session.ts'
import { Icon } from '../ui/Icon.tsx'
import { useNotice } from '../ui/notice.tsx'
import { Page, PageHeading } from '../ui/Page.tsx'
import { ProfileTag } from './ProfileTag.tsx'

/** Somebody's profile, with what whoever looks at it can do. */
export function FoundProfile({ profile }: { profile: PublicProfile }) {
  const session = useSession()
  const isMine = useMe().data?.username === profile.username
  const name = profile.displayName || `@${profile.username}`
  return (
    <Page title={`${name} (@${profile.username})`} className="page-profile">
      <ProfileTag {...profile} heading={<PageHeading>{name}</PageHeading>} />
      <div className="actions profile-actions">
        {isMine && (
          <Link href="/settings" className="button button-primary">
            Edit profile
          </Link>
        )}
        <CopyLink />
      </div>
      {session === null && (
        <p className="aside">
          Want a tag of your own? <Link href="/">Claim your name</Link>
        </p>
      )}
    </Page>
  )
}

function CopyLink() {
  const say = useNotice()

  async function copy() {
    try {
      await navigator.clipboard.writeText(window.location.href)
      say('The link is copied.')
    } catch {
      say('The browser did not let us copy. The address bar has the link.')
    }
  }

  return (
    <Button className="button button-quiet" onPress={copy}>
      <Icon name="link" />
      Copy link
    </Button>
  )
}
