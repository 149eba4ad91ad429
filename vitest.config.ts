import { defineConfig } from 'vitest/config'
import { LongestFirst } from './tests/support/longest-first.ts'

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    globalSetup: ['tests/support/build.ts', 'tests/support/postgres.ts'],
    // Only what hangs takes so long. A real database is opened by nearly every file.
    hookTimeout: 300_000,
    testTimeout: 180_000,
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    // A page may take longer than the second that is usual, beside another worker.
    expect: { poll: { timeout: 10_000 } },
  },
})
