import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyRequest } from 'fastify'
import { formerNameParameter, nameInAddress, profilePath } from '../../shared/profile-address.ts'
import { Username } from '../../shared/username.ts'
import type { LookUps } from '../domain/look-ups.ts'

/** How long a page waits to be told of a new name; after that the web app finds it out by itself. */
const patienceMs = 2_000

export function isProfile(path: string): boolean {
  return profilePath.test(path)
}

/**
 * Where the page of a former name went: the address of its owner's current one, with the query
 * as it was and the former name behind it. Undefined for any other page, and while the database
 * can't be asked.
 */
export async function movedPage(
  { url, log }: FastifyRequest,
  lookUps: Pick<LookUps, 'profile'>,
): Promise<string | undefined> {
  const [path = ''] = url.split('?', 1)
  const username = Username.safeParse(nameInAddress(profilePath.exec(path)?.groups?.name ?? ''))
  if (!username.success) return undefined
  try {
    const found = await Promise.race([
      lookUps.profile(username.data),
      sleep(patienceMs, null, { ref: false }),
    ])
    if (!found || !('movedTo' in found)) return undefined
    const asked = url.slice(path.length)
    return `/@${found.movedTo}${asked}${asked === '' ? '?' : '&'}${formerNameParameter}=${username.data}`
  } catch (error) {
    log.warn({ err: error }, 'cannot tell whether a name has moved')
    return undefined
  }
}
