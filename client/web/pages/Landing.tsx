import { Link } from 'wouter'
import { ClaimForm } from '../claim/ClaimForm.tsx'
import { AccountsElsewhere } from '../session/AccountsElsewhere.tsx'
import { useAccountsElsewhere, useOwnUsername } from '../session/session.ts'
import { Icon } from '../ui/Icon.tsx'
import { Page } from '../ui/Page.tsx'
import { SampleTags } from './SampleTags.tsx'

/** The front page: the claim itself. */
export function Landing() {
  const username = useOwnUsername()
  const accountsElsewhere = useAccountsElsewhere()
  return (
    <Page
      title="Call dibs on your name"
      className="landing"
      heading={
        <>
          Call dibs on <span className="marked">your name.</span>
        </>
      }
    >
      <p className="lead">
        One name, one owner. Whoever claims it first has it, and everybody else is told so.
      </p>
      {username !== null && (
        <p className="landing-yours">
          <Icon name="check" />
          <span>
            You are <Link href={`/@${username}`}>@{username}</Link>. Claiming another name moves you there.
          </span>
        </p>
      )}
      {accountsElsewhere ? (
        <AccountsElsewhere />
      ) : (
        <ClaimForm label="Hello, my username is" action={username === null ? 'Claim' : 'Rename'} />
      )}
      <SampleTags />
      <ul className="facts">
        <li>
          <h2>Exactly one owner</h2>
          <p>A thousand people can press Claim in the same instant. One of them gets the name.</p>
        </li>
        <li>
          <h2>No guessing</h2>
          <p>If somebody was faster you see it at once, with names that are still free.</p>
        </li>
        <li>
          <h2>Press it twice</h2>
          <p>A shaky connection or a second tab does no harm. What is yours stays yours.</p>
        </li>
        <li>
          <h2>Links that move along</h2>
          <p>When you rename yourself, links to your former name lead to the new one.</p>
        </li>
      </ul>
    </Page>
  )
}
