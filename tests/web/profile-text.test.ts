import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { withoutBrowser } from './support/browser.ts'
import { said, signUpAs } from './support/journeys.ts'
import { onSite } from './support/on-site.ts'

describe.skipIf(withoutBrowser)('the texts of a profile', () => {
  const on = onSite()

  const save = (page: Page) => page.getByRole('button', { name: 'Save profile' }).click()
  const row = (usernameKey: string) => on.site.database.prisma.profile.findFirst({ where: { usernameKey } })

  test('are taken as they are pasted, tabs and all', async () => {
    const { page } = await on.visit()
    await signUpAs(page, 'text-one')
    await page.getByLabel('Role').fill('Baker\tand\u0007 brewer')
    await page.getByLabel('Bio').fill('Monday:\tbread\nTuesday:\tale\u000b')
    await save(page)
    await said(page, 'Your profile is saved.')
    const told = { role: 'Baker and brewer', bio: 'Monday: bread\nTuesday: ale' }
    expect(await row('text-one')).toMatchObject(told)
    expect(await page.getByLabel('Role').inputValue()).toBe(told.role)
  })

  test('are counted as the service counts them', async () => {
    const { page } = await on.visit()
    await signUpAs(page, 'text-two')
    const bio = page.getByLabel('Bio')
    await bio.fill(`  ${'👍'.repeat(251)}  `)
    await page.getByText('251 of 500 characters').waitFor()
    await bio.fill(`${'👍'.repeat(500)}\n`)
    await page.getByText('500 of 500 characters').waitFor()
    expect(await bio.getAttribute('aria-invalid')).toBe(null)
    await save(page)
    await said(page, 'Your profile is saved.')
    expect(await row('text-two')).toMatchObject({ bio: '👍'.repeat(500) })
  })

  test('that are too long say so before they are sent, and until they are not', async () => {
    const { page } = await on.visit()
    await signUpAs(page, 'text-three')
    const bio = page.getByLabel('Bio')
    await bio.fill('x'.repeat(502))
    await page.getByText('Use at most 500 characters: these are 502.').waitFor()
    expect(await bio.getAttribute('aria-invalid')).toBe('true')
    await save(page)
    expect(await page.getByText('Use at most 500 characters').count()).toBe(1)
    await bio.fill('x'.repeat(500))
    await page.getByText('500 of 500 characters').waitFor()
    expect(await bio.getAttribute('aria-invalid')).toBe(null)
  })
})
