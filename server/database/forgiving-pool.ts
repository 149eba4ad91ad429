import pg from 'pg'

/**
 * A pool that keeps the connection of a query which the server merely refused.
 *
 * pg's own `pool.query` closes the connection after any error, so that each loser of a
 * unique race would cost a reconnection. A server that answers with severity ERROR has
 * ended the statement and is ready for the next; only FATAL, PANIC and errors that the
 * server did not send mean a broken connection.
 */
export class ForgivingPool extends pg.Pool {
  override query(...args: unknown[]): never
  override async query(...args: unknown[]): Promise<unknown> {
    const client = await this.connect()
    // A connection lost while it is lent out emits an error that would otherwise end the process;
    // the query itself rejects with it too.
    const onError = () => {}
    client.on('error', onError)
    let broken: Error | undefined
    try {
      return await Reflect.apply(client.query, client, args)
    } catch (error) {
      if (!isRefusal(error)) broken = error instanceof Error ? error : new Error(String(error))
      throw error
    } finally {
      client.removeListener('error', onError)
      client.release(broken)
    }
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.severity === 'ERROR'
}
