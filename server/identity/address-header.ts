/** The header in which better-auth is told the address of a request; never taken from the request itself. */
export const addressHeader = 'x-dibs-address'
