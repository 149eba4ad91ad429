import * as z from 'zod/mini'
import { visible } from './visible.ts'

/**
 * Text that PostgreSQL stores and JSON carries unchanged: no control characters (NUL among
 * them) but line breaks where allowed, and no lone surrogates (RFC 3629 excludes them). One
 * of which nothing can be seen is empty.
 *
 * @param most how many characters (code points of Unicode) it may have, without the spaces around it
 */
export function text(most: number, { multiline = false } = {}) {
  const refused = multiline ? /[\p{Cs}]|(?!\n)[\p{Cc}]/u : /[\p{Cs}\p{Cc}]/u
  return z.string().check(
    z.trim(),
    z.overwrite(visible),
    z.maxLength(most, `Use at most ${most} characters`),
    z.refine((value) => !refused.test(value), 'Remove the characters that cannot be shown'),
  )
}
