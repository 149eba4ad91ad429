/** How many calls one batch may hold. */
export const mostCallsInBatch = 20
