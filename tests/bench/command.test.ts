import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { root } from '../../server/root.ts'
import { localBinaries } from '../support/cluster.ts'

const { PATH = '', VITEST_POOL_ID } = process.env
const wrk = PATH.split(':').some((dir) => existsSync(join(dir, 'wrk')))
const postgres = localBinaries() !== undefined
const isCovered = wrk && postgres
if (!isCovered) {
  const missing = [wrk ? [] : 'wrk', postgres ? [] : 'PostgreSQL'].flat().join(' and ')
  process.stdout.write(`\nBench NOT covered: ${missing} not found.\n\n`)
}

/** For all that the bench keeps while it runs; PostgreSQL must be let in. */
let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'dibs-bench-test-'))
  await chmod(dir, 0o755)
  // What tsx has compiled already is for it too.
  const cache = `tsx-${process.geteuid?.()}`
  await mkdir(join(tmpdir(), cache), { recursive: true })
  await symlink(join(tmpdir(), cache), join(dir, cache))
})
afterAll(() => rm(dir, { recursive: true, force: true }))

function bench(...args: string[]) {
  const command = ['--import', 'tsx', join(root, 'tests', 'bench', 'main.ts'), ...args]
  const child = spawn(process.execPath, command, {
    cwd: root,
    env: { PATH, VITEST_POOL_ID, TMPDIR: dir },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const { stdout, stderr } = child
  const ended = Promise.all([text(stdout), text(stderr), once(child, 'close')])
  return { child, ended: ended.then(([out, err, [code]]) => ({ out, err, code })) }
}

/** The bench's own, not what tsx keeps. */
async function leftBehind(): Promise<string[]> {
  return (await readdir(dir)).filter((name) => name.startsWith('dibs-'))
}

const tiny = ['--connections', '4', '--rounds', '1', '--seconds', '1', '--warm-up', '1', '--names', '1k']

describe('the command', () => {
  test('says what is wrong with its options', async () => {
    const { code, err } = await bench('--only', 'winn').ended
    expect(err).toContain('--only must be of')
    expect(code).toBe(2)
  })
})

describe.skipIf(!isCovered)('the command on a PostgreSQL of its own', { timeout: 600_000 }, () => {
  test('measures each who is named, at its peak and at a fixed rate, and leaves nothing behind', async () => {
    const { out, err } = await bench(
      ...['--only', 'win,lose,get,open,pgbench', '--contestants', 'dibs,by-hand,stock', ...tiny],
      '--json',
    ).ended
    expect(err).toMatch(/1 of \d+: /)
    const { closed, open, pgbench, settings } = JSON.parse(out)
    expect(settings.closed.command).toContain('npm run bench -- --only win')
    const lines = closed.map((line: { operation: string; contestant: string }) => [
      line.operation,
      line.contestant,
    ])
    expect(lines).toEqual([
      ...['dibs', 'by-hand', 'stock'].map((who) => ['win', who]),
      ...['dibs', 'by-hand', 'stock'].map((who) => ['lose', who]),
      ...['dibs', 'by-hand'].map((who) => ['get', who]),
    ])
    for (const { samples } of [...closed, ...pgbench]) {
      expect(samples).toHaveLength(1)
      expect(samples[0].perSecond).toBeGreaterThan(0)
    }
    const lost = (who: string) =>
      closed.find(
        (line: { operation: string; contestant: string }) =>
          line.operation === 'lose' && line.contestant === who,
      ).samples[0]
    expect(Math.round(lost('dibs').xids)).toBe(0)
    expect(lost('stock').xids).toBeGreaterThan(0.9)
    expect(lost('stock').logBytes).toBeGreaterThan(100)
    expect(open).toHaveLength(8)
    for (const { rounds } of open) expect(rounds[0].latency.p99).toBeGreaterThan(0)
    expect(await leftBehind()).toEqual([])
  })

  test('stops at Ctrl-C, and leaves nothing behind', async () => {
    const { child, ended } = bench('--only', 'lose', '--contestants', 'by-hand', ...tiny, '--rounds', '99')
    const progress = new Promise<void>((resolve) => {
      child.stderr.on('data', (said) => String(said).includes('1 of ') && resolve())
    })
    await Promise.race([progress, ended])
    child.kill('SIGINT')
    const { code } = await ended
    expect(code).toBe(130)
    expect(await leftBehind()).toEqual([])
  })
})
