import pg from 'pg'

/** What a peer is told by its environment: the same for all. */
export function settings() {
  const { PORT, DATABASE_URL = '', POOL_SIZE, SECRET = '' } = process.env
  return { port: Number(PORT), databaseUrl: DATABASE_URL, poolSize: Number(POOL_SIZE), secret: SECRET }
}

export function newPool(): pg.Pool {
  const { databaseUrl, poolSize } = settings()
  return new pg.Pool({ connectionString: databaseUrl, max: poolSize })
}

/** Listens, and ends at once when asked to stop. */
export async function serve(app: {
  listen(options: { host: string; port: number }): Promise<unknown>
}): Promise<void> {
  process.once('SIGTERM', () => process.exit(0))
  await app.listen({ host: '127.0.0.1', port: settings().port })
}
