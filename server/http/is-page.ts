import type { FastifyRequest } from 'fastify'
import { isProfile } from './moved-page.ts'

/** Whether a browser asks for a page, rather than a program for data or a page for a file. */
export function isPage({ method, url, headers: { accept = '*/*' } }: FastifyRequest): boolean {
  const [path = ''] = url.split('?')
  return (
    (method === 'GET' || method === 'HEAD') &&
    !/^\/(api|trpc|assets)(\/|$)/.test(path) &&
    // People share the addresses of profiles, and what looks at them for a preview takes anything.
    (accept.includes('text/html') || (isProfile(path) && accept.includes('*/*')))
  )
}
