import { existsSync } from 'node:fs'
import { relative, sep } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyPluginAsync } from 'fastify'
import type { LookUps } from '../domain/look-ups.ts'
import { Failure } from '../trpc/failure.ts'
import { answerFailure } from './answer-failure.ts'
import { isPage } from './is-page.ts'
import { movedPage } from './moved-page.ts'

interface Options {
  readonly webDir: string | undefined
  readonly lookUps: Pick<LookUps, 'profile'>
}

/**
 * The web app's files, and its page for every address that is one of its own; a former name's
 * leads on to the current one (RFC 9110, 308).
 */
export const webRoutes: FastifyPluginAsync<Options> = async (app, { webDir, lookUps }) => {
  const hasWeb = webDir !== undefined && existsSync(webDir)
  if (hasWeb) {
    app.addHook('onSend', (_request, reply, _payload, done) => {
      const vary = reply.getHeader('vary')
      reply.header('vary', vary === undefined ? 'accept-encoding' : `${vary}, accept-encoding`)
      done()
    })
    app.addHook('onError', (_request, reply, _error, done) => {
      for (const name of ofFile) {
        reply.removeHeader(name)
        reply.raw.removeHeader(name)
      }
      done()
    })
    await app.register(fastifyStatic, {
      root: webDir,
      wildcard: false,
      cacheControl: false,
      // The build leaves each file compressed too, under its name and one of these.
      preCompressed: true,
      globIgnore: ['**/*.br', '**/*.gz'],
      setHeaders(response, path) {
        const named = relative(webDir, path).startsWith(`assets${sep}`)
        response.setHeader('cache-control', named ? 'public, max-age=31536000, immutable' : 'no-cache')
      },
    })
  }

  app.setNotFoundHandler(async (request, reply) => {
    if (!hasWeb || !isPage(request)) return answerFailure(new Failure('NOT_FOUND', null), request, reply)
    const moved = await movedPage(request, lookUps)
    return moved === undefined ? reply.sendFile('index.html') : reply.redirect(moved, 308)
  })
}

/** Headers that are about a file; when one can't be read after all, they are set already. */
const ofFile = [
  ...['content-type', 'content-encoding', 'content-length', 'accept-ranges'],
  ...['etag', 'last-modified', 'cache-control'],
]
