import type { ReactNode } from 'react'
import { useMe } from '../session/session.ts'
import { Icon, Spinner } from '../ui/Icon.tsx'
import { Deadline } from '../ui/Time.tsx'
import type { ClaimStatus } from './claim-status.ts'
import { isSameName } from './same-name.ts'
import type { Availability } from './use-availability.ts'

/** One line on how the typed name stands. It is read out when it changes. */
export function AvailabilityLine({ typed, of }: { typed: string; of: ClaimStatus }) {
  const me = useMe().data
  /** Not while it is not known what they go by. */
  const isFormer = me !== undefined && !isSameName(me.username ?? '', typed)
  const line = describe(typed, of, isFormer)
  if (line === null) return null
  const { tone, icon, text } = line
  return (
    <p className="availability" data-tone={tone}>
      {icon}
      <span>{text}</span>
    </p>
  )
}

interface Line {
  readonly tone: 'quiet' | 'good' | 'bad'
  readonly icon: ReactNode
  readonly text: ReactNode
}

const good = { tone: 'good', icon: <Icon name="check" /> } as const
const bad = { tone: 'bad', icon: <Icon name="cross" /> } as const

function describe(typed: string, status: ClaimStatus, isFormer: boolean): Line | null {
  switch (status.state) {
    case 'empty':
      return { tone: 'quiet', icon: null, text: '3 to 50 letters, numbers, hyphens, and underscores.' }
    case 'checking':
      // Only for the eye: read out, it would come between the typing and the answer each time.
      return { tone: 'quiet', icon: <Spinner />, text: <span aria-hidden="true">Looking…</span> }
    case 'short':
      return { tone: 'quiet', icon: null, text: <span aria-hidden="true">{status.message}.</span> }
    case 'invalid':
      return { ...bad, text: `${status.message}.` }
    case 'untyped':
      return { tone: 'bad', icon: null, text: 'Type the name you want first.' }
    case 'claiming':
      return { tone: 'quiet', icon: null, text: 'Claiming…' }
    case 'unknown':
      return { tone: 'bad', icon: <Icon name="warning" />, text: status.message }
    case 'known':
      return describeKnown(typed, status, isFormer)
    case 'lost':
    case 'failed':
      // Told beneath, with the ways on from there.
      return null
  }
}

type Known = Extract<Availability, { state: 'known' }>

function describeKnown(typed: string, { status, until, resembles, wasFree }: Known, isFormer: boolean): Line {
  const name = <b>@{typed}</b>
  switch (status) {
    case 'available':
      return { ...good, text: <>{name} is available.</> }
    case 'yours':
      return isFormer
        ? { ...good, text: <>{name} is held for you. You can take it back.</> }
        : { ...good, text: <>{name} is yours already.</> }
    case 'taken':
      return { ...bad, text: wasFree ? <>{name} was just taken.</> : <>{name} is taken.</> }
    case 'reserved':
      return { ...bad, text: <>{name} is reserved.</> }
    case 'held':
      return {
        ...bad,
        text: (
          <>
            {name} was given up recently and is held for its last owner
            {until !== undefined && (
              <>
                {' '}
                until <Deadline at={until} />
              </>
            )}
            .
          </>
        ),
      }
    case 'too-similar':
      return {
        ...bad,
        text:
          resembles === undefined ? (
            <>{name} looks too much like a name that cannot be had.</>
          ) : (
            <>
              {name} looks too much like <b>@{resembles}</b>, which is somebody else.
            </>
          ),
      }
  }
}
