/**
 * The header that tells whom a request is to be of, by id, percent-encoded. Of anybody else it is
 * refused as of somebody signed out.
 */
export const personHeader = 'dibs-person'

/** How many calls one batch may hold. */
export const mostCallsInBatch = 20
