import type { Location } from './database/open.ts'
import type { NameRules } from './domain/name-rules.ts'
import type { JwksOptions } from './identity/jwks.ts'

/** Everything an operator can decide, checked. */
export interface Settings {
  readonly host: string
  readonly port: number
  readonly database: Location
  /** Where the embedded database and the generated secret are. */
  readonly dataDir: string
  /** What a browser calls us: an origin, without a path. */
  readonly publicUrl: string
  /** Signs session cookies; undefined asks for the one kept in `dataDir`. */
  readonly authSecret: string | undefined
  /** Where to check the tokens of your own identity provider, in place of e-mail and password. */
  readonly jwks: Pick<JwksOptions, 'url' | 'issuer' | 'audience'> | undefined
  /** The origins of other front ends. */
  readonly corsOrigins: readonly string[]
  readonly rateLimits: boolean
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'
  readonly nameRules: NameRules
  /** Whose `X-Forwarded-For` and `X-Forwarded-Proto` to believe: addresses, subnets, or a number of hops. */
  readonly trustProxy: string | number | false
  /** How long requests in flight may take to end once the process is asked to stop, in milliseconds. */
  readonly shutdownMs: number
}
