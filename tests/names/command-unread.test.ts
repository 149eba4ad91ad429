import { closeSync, existsSync, openSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newPlace, type Place } from '../support/database.ts'
import { settingsOf } from '../support/settings.ts'
import { run, runProcess } from './run-command.ts'

const full = '/dev/full'

describe('what nobody reads of a command', () => {
  let place: Place
  beforeAll(async () => {
    place = await newPlace('embedded', { migrated: true })
  })
  afterAll(() => place.remove())

  test('is lost, and what it did is done', async () => {
    const settings = settingsOf(place)
    const reserved = await runProcess(['names', 'reserve', 'unread', '--yes'], settings, { stdout: 'gone' })
    expect(reserved).toEqual({ code: 0, out: '', err: '' })
    const { out } = await run(['names', 'who', 'unread'], settings)
    expect(out).toBe('unread is reserved (administrator).\n')
  })

  test('is lost of its help and of its refusals too', async () => {
    expect(await runProcess(['--help'], {}, { stdout: 'gone' })).toEqual({ code: 0, out: '', err: '' })
    expect(await runProcess(['nmaes'], {}, { stderr: 'gone' })).toEqual({ code: 2, out: '', err: '' })
  })

  test.runIf(existsSync(full))('fails it, with a sentence, where the disk is full', async () => {
    const settings = settingsOf(place)
    const file = openSync(full, 'w')
    const unwritten = await runProcess(['names', 'reserve', 'full', '--yes'], settings, { stdout: file })
    expect(unwritten).toEqual({
      code: 1,
      out: '',
      err: 'Not everything could be written (ENOSPC); what was done stays done.\n',
    })
    const nowhere = await runProcess(['--help'], {}, { stdout: file, stderr: file })
    expect(nowhere).toEqual({ code: 1, out: '', err: '' })
    const untold = await runProcess(['nmaes'], {}, { stderr: file })
    expect(untold).toEqual({ code: 1, out: '', err: '' })
    closeSync(file)
  })
})
