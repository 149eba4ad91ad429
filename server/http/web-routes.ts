import { existsSync } from 'node:fs'
import { relative, sep } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { Failure } from '../trpc/failure.ts'
import { answerFailure } from './answer-failure.ts'

/** The web app's files, and its page for every address that is one of its own. */
export const webRoutes: FastifyPluginAsync<{ webDir: string | undefined }> = async (app, { webDir }) => {
  const hasWeb = webDir !== undefined && existsSync(webDir)
  if (hasWeb) {
    await app.register(fastifyStatic, {
      root: webDir,
      wildcard: false,
      cacheControl: false,
      setHeaders(response, path) {
        const named = relative(webDir, path).startsWith(`assets${sep}`)
        response.setHeader('cache-control', named ? 'public, max-age=31536000, immutable' : 'no-cache')
      },
    })
  }

  app.setNotFoundHandler((request, reply) => {
    if (hasWeb && isPage(request)) return reply.sendFile('index.html')
    return answerFailure(new Failure('NOT_FOUND', null), request, reply)
  })
}

/** Whether a browser asks for a page, rather than a program for data or a page for a file. */
function isPage({ method, url, headers }: FastifyRequest): boolean {
  const [path = ''] = url.split('?')
  return (
    (method === 'GET' || method === 'HEAD') &&
    !/^\/(api|trpc|assets)(\/|$)/.test(path) &&
    (headers.accept ?? '').includes('text/html')
  )
}
