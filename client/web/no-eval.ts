import { config } from 'zod/v4/core'

// Zod tries whether it may compile code, which the Content-Security-Policy reports as a violation.
config({ jitless: true })
