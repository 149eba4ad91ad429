import { checkThenWrite } from '../../race/broken/check-then-write.ts'
import { routerWith } from '../../race/broken/claim-procedure.ts'
import { start } from './start.ts'

// Broken as the backend was that Dibs comes from: asks whether the name is free, then writes it.
await start({ claimUsername: routerWith(checkThenWrite).profile.claimUsername })
