import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin, type Rolldown } from 'vite'

const api = 'http://127.0.0.1:3000'

/** The web app. `vite` serves it for development beside a server with PUBLIC_URL=http://localhost:5173. */
export default defineConfig({
  root: join(import.meta.dirname, 'client/web'),
  plugins: [react(), compiledEarly(), compressed()],
  build: {
    outDir: join(import.meta.dirname, 'dist/web'),
    emptyOutDir: true,
    // The server's Content-Security-Policy allows files of its own, and nothing inline.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      checks: { pluginTimings: false },
      // Files of their own, so that Zod is configured before any schema is made.
      output: { codeSplitting: { groups: [{ name: 'zod', test: /node_modules\/zod\/|no-eval/ }] } },
    },
  },
  server: {
    port: 5173,
    strictPort: true,
    proxy: { '/api': api, '/trpc': api, '/healthz': api, '/readyz': api },
  },
})

/**
 * Has browsers that know the mark compile all functions of what a first visit loads, beside the main thread and
 * while it still comes in. Most of them run at once, and would each be compiled when they do.
 *
 * https://github.com/WICG/explicit-javascript-compile-hints-file-based
 */
function compiledEarly(): Plugin {
  return {
    name: 'compiled-early',
    apply: 'build',
    generateBundle: {
      // The mark has to stand before everything else.
      order: 'post',
      handler(_options, bundle) {
        const first = Object.values(bundle).find((file) => file.type === 'chunk' && file.isEntry)
        for (const chunk of loadedWith(first?.fileName, bundle)) {
          chunk.code = `//# allFunctionsCalledOnLoad\n${chunk.code}`
        }
      },
    },
  }
}

/** A chunk and all that it imports, as far as it does not wait for it. */
function loadedWith(
  name: string | undefined,
  bundle: Rolldown.OutputBundle,
  found = new Set<Rolldown.OutputChunk>(),
): Set<Rolldown.OutputChunk> {
  const chunk = name === undefined ? undefined : bundle[name]
  if (chunk?.type !== 'chunk' || found.has(chunk)) return found
  found.add(chunk)
  for (const imported of chunk.imports) loadedWith(imported, bundle, found)
  return found
}

/** Leaves each text compressed beside itself, as small as it gets, for the server to send as it is. */
function compressed(): Plugin {
  let outDir = ''
  return {
    name: 'compressed',
    apply: 'build',
    configResolved: ({ build }) => {
      outDir = build.outDir
    },
    async closeBundle() {
      const names = await readdir(outDir, { recursive: true })
      for (const name of names.filter((one) => /\.(js|css|html|svg|webmanifest)$/.test(one))) {
        const text = await readFile(join(outDir, name))
        await writeFile(join(outDir, `${name}.br`), brotliCompressSync(text))
        await writeFile(join(outDir, `${name}.gz`), gzipSync(text, { level: 9 }))
      }
    },
  }
}
