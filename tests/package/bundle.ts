import { join } from 'node:path'
import { createContext, runInContext } from 'node:vm'
import { build } from 'vite'
import type { DibsClientOptions } from '../../client/index.ts'
import type { Consumer } from './install.ts'

const entry = `
import { createDibsClient, match, safe } from 'dibs'
globalThis.claim = async (options, username) => {
  const dibs = createDibsClient(options)
  const [done, error] = await safe(dibs.profile.claimUsername.mutate({ username }))
  if (done) return done.username
  return match(error, { USERNAME_TAKEN: ({ payload }) => payload.suggestions.length, otherwise: ({ kind }) => kind })
}
`

/** What there is in every browser and in React Native: no window, no streams, no AbortSignal.any, no Node. */
const everywhere = {
  AbortController,
  Blob,
  clearTimeout,
  fetch: plainFetch,
  FormData,
  setTimeout,
  URL,
  URLSearchParams,
}

/** A fetch as React Native has it: the answer comes whole, without a stream to read. */
async function plainFetch(input: string, init: RequestInit) {
  const response = await fetch(input, init)
  const { status, ok, headers } = response
  const text = await response.text()
  return { status, ok, headers, text: async () => text, json: async () => JSON.parse(text) }
}

/** Bundles a page that claims for a browser, in a project that installed Dibs. */
export async function bundleIn({ dir, write }: Consumer): Promise<string> {
  await write('entry.js', entry)
  const outputs = await build({
    root: dir,
    configFile: false,
    logLevel: 'silent',
    build: {
      write: false,
      minify: false,
      lib: { entry: join(dir, 'entry.js'), formats: ['iife'], name: 'app' },
    },
  })
  const [first] = [outputs].flat()
  if (first === undefined || !('output' in first)) throw new Error('vite built nothing')
  return first.output.map((part) => ('code' in part ? part.code : '')).join('\n')
}

/** Answers the name that was claimed, how many are free instead of a taken one, or the kind of another failure. */
type Claim = (options: DibsClientOptions, username: string) => Promise<unknown>

/** Runs the bundle where there is only what there is everywhere. */
export function claimOf(bundle: string): Claim {
  const { claim } = runInContext(`${bundle};globalThis`, createContext({ ...everywhere })) as { claim: Claim }
  return claim
}
