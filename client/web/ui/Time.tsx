const formats = {
  day: new Intl.DateTimeFormat(undefined, { dateStyle: 'long' }),
  minute: new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' }),
}

export interface TimeProps {
  /** ISO 8601 in UTC. */
  readonly at: string
  readonly to?: keyof typeof formats
}

/** An instant, in the language and the time zone of whoever looks. */
export function Time({ at, to = 'day' }: TimeProps) {
  return <time dateTime={at}>{formats[to].format(new Date(at))}</time>
}

const soonMs = 48 * 60 * 60 * 1000

/** When something ends: the day, and where that is soon the time of day too. */
export function Deadline({ at }: Pick<TimeProps, 'at'>) {
  return <Time at={at} to={Date.parse(at) - Date.now() < soonMs ? 'minute' : 'day'} />
}
