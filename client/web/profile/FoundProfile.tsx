import { Button } from 'react-aria-components/Button'
import { Link } from 'wouter'
import type { PublicProfile } from '../../../shared/schemas.ts'
import { visible } from '../../../shared/visible.ts'
import { useOwnUsername, useSession } from '../session/session.ts'
import { Icon } from '../ui/Icon.tsx'
import { useNotice } from '../ui/notice.tsx'
import { Page, PageHeading } from '../ui/Page.tsx'
import { ProfileTag } from './ProfileTag.tsx'

/** Somebody's profile, with what whoever looks at it can do. */
export function FoundProfile({ profile }: { profile: PublicProfile }) {
  const session = useSession()
  const isMine = useOwnUsername() === profile.username
  const name = visible(profile.displayName) || `@${profile.username}`
  return (
    <Page title={`${isolated(name)} (@${profile.username})`} className="page-profile">
      <ProfileTag
        {...profile}
        heading={
          <PageHeading>
            <bdi>{name}</bdi>
          </PageHeading>
        }
      />
      <div className="actions">
        {isMine && (
          <Link href="/settings" className="button button-primary">
            Edit profile
          </Link>
        )}
        <CopyLink username={profile.username} />
      </div>
      {session === null && (
        <p className="aside">
          Want a tag of your own? <Link href="/">Claim your name</Link>
        </p>
      )}
    </Page>
  )
}

/** Text whose direction stays its own where no `<bdi>` can stand. */
function isolated(text: string): string {
  // Its own marks of direction could end the isolation early, or never.
  return `\u2068${text.replace(/[\u202a-\u202e\u2066-\u2069]/g, '')}\u2069`
}

function CopyLink({ username }: { username: string }) {
  const say = useNotice()

  async function copy() {
    try {
      await navigator.clipboard.writeText(new URL(`/@${username}`, window.location.href).href)
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
