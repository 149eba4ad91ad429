import { type FastifyReply, type FastifyRequest, LogController } from 'fastify'
import { isProbe } from './health-routes.ts'

/** One line for each request, when it is over: what was asked, how it ended, how long it took. */
export class RequestLog extends LogController {
  constructor() {
    super({ disableRequestLogging: isProbe })
  }

  /** Fastify tells nothing of an answer that nobody is there for any more, as at the end of each subscription. */
  override incomingRequest(req: FastifyRequest, res: FastifyReply): void {
    if (this.isLogDisabled(req)) return
    const { raw } = res
    raw.once('close', () => {
      if (raw.writableFinished || raw.errored) return
      const answered = raw.headersSent ? { res } : {}
      res.log.info({ req, ...answered, responseTime: res.elapsedTime }, 'request aborted')
    })
  }

  /** That somebody hung up is told above. */
  override streamError(error: Error & { code?: string }, req: FastifyRequest, res: FastifyReply): void {
    if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') super.streamError(error, req, res)
  }

  override requestCompleted(error: Error | null | undefined, req: FastifyRequest, res: FastifyReply): void {
    if (this.isLogDisabled(req)) return
    const { elapsedTime: responseTime } = res
    if (error) res.log.error({ req, res, err: error, responseTime }, 'request errored')
    else res.log.info({ req, res, responseTime }, 'request completed')
  }
}
