import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose'
import type { Authenticate } from './authenticate.ts'

export interface JwksOptions {
  /** Where the identity provider publishes its keys (RFC 7517). */
  readonly url: string
  /** The `iss` that a token must have. */
  readonly issuer: string
  /** The `aud` that a token must have: this service, as the provider knows it. */
  readonly audience: string
  /** Accepted signatures; symmetric ones are never among them. Default: RS256, PS256, ES256, EdDSA. */
  readonly algorithms?: readonly string[]
}

/**
 * Authenticates by `Authorization: Bearer` and a JWT (RFC 7519, RFC 9068) of your own
 * identity provider. The person is the token's `sub`, called by its `name` until they edit
 * their profile; names that are reserved for its `email` are theirs to claim if the provider has
 * verified it (`email_verified`).
 */
export function authenticateByJwks({
  url,
  issuer,
  audience,
  algorithms = ['RS256', 'PS256', 'ES256', 'EdDSA'],
}: JwksOptions): Authenticate {
  const keys = createRemoteJWKSet(new URL(url))
  return async (headers) => {
    const token = headers.get('authorization')?.match(/^Bearer +(\S+)$/i)?.[1]
    if (token === undefined) return null
    try {
      const options = { issuer, audience, algorithms: [...algorithms], requiredClaims: ['sub', 'exp'] }
      return personOf((await jwtVerify(token, keys, options)).payload)
    } catch (error) {
      if (refused.some((Refused) => error instanceof Refused)) return null
      throw error
    }
  }
}

/** What is wrong with the token itself; anything else is trouble with fetching the keys. */
const refused = [
  errors.JWSInvalid,
  errors.JWTInvalid,
  errors.JWTExpired,
  errors.JWTClaimValidationFailed,
  errors.JWSSignatureVerificationFailed,
  errors.JWKSNoMatchingKey,
  errors.JWKSMultipleMatchingKeys,
  errors.JOSEAlgNotAllowed,
  errors.JOSENotSupported,
]

/** A subject is at most 255 ASCII characters (OpenID Connect Core, section 2). */
function personOf({ sub, name, email, email_verified }: JWTPayload) {
  if (typeof sub !== 'string' || !/^[\x20-\x7e]{1,255}$/.test(sub)) return null
  const isTheirs = typeof email === 'string' && email_verified === true
  return {
    id: sub,
    name: typeof name === 'string' ? name : '',
    email: isTheirs ? email : null,
  }
}
