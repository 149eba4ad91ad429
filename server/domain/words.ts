import * as z from 'zod'

/**
 * Names or skeletons, none of which has a space in it, as one text that PostgreSQL's `string_to_array` splits;
 * null is an empty word. It has no arrays of arrays of different lengths, and what the driver makes of an array
 * takes longer than words to split.
 */
export function inWords(list: readonly (string | null)[]): string {
  return list.join(' ')
}

/** Names as PostgreSQL's `array_to_string` joined them. */
export const Words = z.string().transform((words) => (words === '' ? [] : words.split(' ')))
