import { TRPCClientError, type TRPCLink } from '@trpc/client'
import { observable } from '@trpc/server/observable'
import type { AppRouter } from '../server/router.ts'
import { NotSent } from './not-sent.ts'

/**
 * Where the procedures of a Dibs are.
 *
 * @throws {TypeError} when there can be none, as at `localhost:3000` without `http://`
 */
export function addressOf(url: string): string {
  const isAbsolute = /^[a-z][a-z\d+.-]*:/i.test(url)
  if (isAbsolute && !(/^https?:\/\/[^/]/i.test(url) && parses(url))) {
    throw new TypeError(`createDibsClient needs a url like https://names.example, not "${url}"`)
  }
  return `${url.replace(/\/+$/, '')}/trpc`
}

/** `URL.canParse` is missing in browsers and in React Native. */
function parses(url: string): boolean {
  try {
    return new URL(url) !== undefined
  } catch {
    return false
  }
}

/**
 * Refuses calls to an address without a host where there is no page whose host would be meant. Not before:
 * what renders a page on a server makes clients there too, and calls nothing.
 */
export function fromPage(address: string): TRPCLink<AppRouter> {
  return () =>
    ({ op, next }) => {
      if (/^https?:/i.test(address) || globalThis.location !== undefined) return next(op)
      const why = `There is no page here that "${address}" belongs to. Give createDibsClient a whole url.`
      return observable((observer) => observer.error(TRPCClientError.from(new NotSent(why))))
    }
}
