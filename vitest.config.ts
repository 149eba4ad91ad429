import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    globalSetup: 'tests/support/postgres.ts',
    // A real database is opened by nearly every file.
    hookTimeout: 60_000,
    testTimeout: 60_000,
    maxWorkers: 2,
  },
})
