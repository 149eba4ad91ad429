import { join } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const api = 'http://127.0.0.1:3000'

/** The web app. `vite` serves it for development beside a server with PUBLIC_URL=http://localhost:5173. */
export default defineConfig({
  root: join(import.meta.dirname, 'client/web'),
  plugins: [react()],
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
