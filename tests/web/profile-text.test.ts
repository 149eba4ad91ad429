import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { withoutBrowser } from './support/browser.ts'
import { newcomer, said, signUpAs } from './support/journeys.ts'
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

  test('that nobody can see are left out', async () => {
    const { page } = await on.visit()
    await signUpAs(page, 'text-four')
    await page.getByLabel('Display name').fill('\u200b\u2060')
    await page.getByRole('complementary', { name: 'Preview' }).getByText('Your name').waitFor()
    await save(page)
    await said(page, 'Your profile is saved.')
    expect(await row('text-four')).toMatchObject({ displayName: '' })
    // One that was stored before it counted as none.
    await on.site.database.prisma.profile.updateMany({
      where: { usernameKey: 'text-four' },
      data: { displayName: '\u200b\u2060', pronouns: '\u2060', role: '\u2060', bio: '\u200b' },
    })
    await page.goto('/@text-four')
    await page.getByRole('heading', { level: 1, name: '@text-four' }).waitFor()
    expect(await page.locator('.profile-pronouns, .profile-work, .profile-bio').count()).toBe(0)
    expect(await page.title()).toBe('\u2068@text-four\u2069 (@text-four) · Dibs')
  })

  test('take no more than one empty line at once where they are shown', async () => {
    const { page } = await on.visit()
    await signUpAs(page, 'text-five')
    await page.getByLabel('Bio').fill(`a${'\n'.repeat(400)}b\n \n\t\n\nc\n\nd\ne`)
    await save(page)
    await said(page, 'Your profile is saved.')
    await page.goto('/@text-five')
    expect(await page.locator('.profile-bio').textContent()).toBe('a\n\nb\n\nc\n\nd\ne')
  })

  test.each([
    ['\u200b\u2060ada', 'A'],
    ['👩‍👩‍👧 and family', '👩‍👩‍👧'],
    ['e\u0301mile', 'É'],
  ])('lend the account its first letter: %j', async (name, letter) => {
    const { page } = await on.visit()
    await page.goto('/signup')
    const { email, password } = newcomer()
    await page.getByLabel('Your name').fill(name)
    await page.getByLabel('E-mail').fill(email)
    await page.getByLabel('Password', { exact: true }).fill(password)
    await page.getByRole('button', { name: 'Sign up' }).click()
    await page.getByRole('button', { name: /^Account of/ }).waitFor()
    expect((await page.locator('.avatar').textContent())?.normalize()).toBe(letter)
  })
})
