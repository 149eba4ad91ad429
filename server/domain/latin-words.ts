/** Latin letters that are no other letter with a mark, as they are usually written in ASCII. */
const plain = new Map(
  Object.entries({ ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', đ: 'd', ð: 'd', þ: 'th', ł: 'l', ħ: 'h', ı: 'i' }),
)

/** More than a display name may have; one from an identity provider may be any length. */
const longest = 100

/**
 * The words of a person's name that can be part of a username, in lower case: accents and
 * apostrophes go, and so do initials, numbers and all that is not written in Latin letters.
 */
export function latinWords(displayName: string): string[] {
  return displayName
    .slice(0, longest)
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\p{M}'’ʼ]/gu, '')
    .replace(/[ßæœøđðþłħı]/g, (letter) => plain.get(letter) ?? '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => /^(?=.*[a-z])[a-z0-9]{2,}$/.test(word))
}
