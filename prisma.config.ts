import { defineConfig } from 'prisma/config'

// `prisma generate` only checks that a schema engine exists and never runs it; naming
// any executable spares the download. Migrating with Prisma's own command line needs
// the real one, so it stays free to fetch it then.
if (process.argv.includes('generate')) process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath

const url = process.env.DATABASE_URL

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  ...(url ? { datasource: { url } } : {}),
})
