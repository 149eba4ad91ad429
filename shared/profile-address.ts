/** `/@name`, also where something on the way encoded the at sign. */
export const profilePath = /^\/(?:@|%40)(?<name>[^/]+)\/?$/

/**
 * The name in the address of a profile, which may be percent-encoded: without the space or the mark that
 * stood around it in a text and came along. Neither can be in a username.
 */
export function nameInAddress(text: string): string {
  // Up to any number of them would take the square of the length to look for.
  return text.replace(/^(?:\s|%20)+|(?:[\s.,;:!?)]|%20){1,9}$/g, '')
}

/** What leads on from a former name adds it to the query under this, last, so that the page can say so. */
export const formerNameParameter = 'was'
