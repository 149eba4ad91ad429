import type { Socket } from 'node:net'

/**
 * Breaks a connection: the other side gets a reset, and loses what it has not read yet.
 *
 * Node's `resetAndDestroy` alone ends it first, so that the other side may see an orderly end.
 */
export function reset(socket: Socket): void {
  socket.destroySoon = socket.destroy
  socket.resetAndDestroy()
}
