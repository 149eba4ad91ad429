import type { ReactNode } from 'react'
import { useMe } from '../session/session.ts'
import { Icon, Spinner } from '../ui/Icon.tsx'
import { Deadline } from '../ui/Time.tsx'
import { isSameName } from './same-name.ts'
import type { Availability } from './use-availability.ts'

/** One line on how the typed name stands. It is read out when it changes. */
export function AvailabilityLine({ typed, of }: { typed: string; of: Availability }) {
  const me = useMe().data
  /** Not while it is not known what they go by. */
  const isFormer = me !== undefined && !isSameName(me.username ?? '', typed)
  const { tone, icon, text } = describe(typed, of, isFormer)
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

function describe(typed: string, availability: Availability, isFormer: boolean): Line {
  switch (availability.state) {
    case 'empty':
      return { tone: 'quiet', icon: null, text: '3 to 50 letters, numbers, hyphens, and underscores.' }
    case 'checking':
      // Only for the eye: read out, it would come between the typing and the answer each time.
      return { tone: 'quiet', icon: <Spinner />, text: <span aria-hidden="true">Looking…</span> }
    case 'invalid':
      return { ...bad, text: availability.message }
    case 'unknown':
      return { tone: 'bad', icon: <Icon name="warning" />, text: availability.message }
    case 'known':
      return describeKnown(typed, availability, isFormer)
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
