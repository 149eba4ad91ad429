/** Where some servers keep names: one database, and how to fill it. People are numbered; see people.ts. */
export interface Store {
  readonly name: string
  /** SQL that enters the people from $1 up to and without $2, each with their name. */
  readonly owners: string
  /** SQL that enters the people from $1 up to and without $2, without a name. */
  readonly people: string
  /** SQL that counts the names that are somebody's, as `count`. */
  readonly count: string
  /** The tables and indexes in which claims look at a random place, as every name is one. */
  readonly touched: readonly string[]
}

/** The people of a statement, as rows `p(at)`. */
export const numbered = 'generate_series($1::bigint, $2::bigint - 1) AS p(at)'
