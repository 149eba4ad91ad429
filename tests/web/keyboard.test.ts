import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { withoutBrowser } from './support/browser.ts'
import { hold } from './support/hold.ts'
import { claimField, newcomer, said, signUpAs } from './support/journeys.ts'
import { onSite } from './support/on-site.ts'

describe.skipIf(withoutBrowser)('the web app without a mouse', () => {
  const on = onSite()

  /** What has the focus, as a screen reader would name it. */
  function focused(page: Page): Promise<string> {
    return page.evaluate(() => {
      const element = document.activeElement
      const label = element instanceof HTMLInputElement ? element.labels?.[0] : null
      return element?.getAttribute('aria-label') ?? label?.innerText ?? element?.textContent ?? ''
    })
  }

  /** Presses Tab until this, once it is there, has the focus, which must be seen. */
  async function tabTo(page: Page, name: string): Promise<void> {
    const named = (['link', 'button', 'textbox'] as const).map((role) =>
      page.getByRole(role, { name, exact: true }),
    )
    await named
      .reduce((any, one) => any.or(one))
      .first()
      .waitFor()
    const passed: string[] = []
    for (let presses = 0; presses < 25; presses += 1) {
      await page.keyboard.press('Tab')
      const at = await focused(page)
      if (at === name) {
        const seen = await page.evaluate(() => {
          const ringed = [document.activeElement, document.activeElement?.closest('.claim-tag')]
          return ringed.some((element) => element && getComputedStyle(element).outlineStyle === 'solid')
        })
        expect(seen, `${name} shows its focus`).toBe(true)
        return
      }
      passed.push(at)
    }
    throw new Error(`Tab never reached ${name}, but ${passed.join(' | ')}`)
  }

  test('signs somebody up, tells of a conflict, claims another name and signs out', async () => {
    const { page } = await on.visit()
    const person = newcomer('Keys Only')
    await page.goto('/')
    await claimField(page).waitFor()
    await tabTo(page, 'Skip to content')
    await tabTo(page, 'Hello, my username is')
    // Known to be reserved, it would lead nowhere.
    const check = await hold(page, 'profile.checkUsername')
    await page.keyboard.type('admin')
    await page.keyboard.press('Enter')

    await page.getByRole('heading', { name: 'Create your account' }).waitFor()
    expect(await focused(page)).toBe('Create your account')
    check.letGo()
    await tabTo(page, 'Your name')
    await page.keyboard.type(person.name)
    await tabTo(page, 'E-mail')
    await page.keyboard.type(person.email)
    await tabTo(page, 'Password')
    await page.keyboard.type(person.password)
    await page.keyboard.press('Enter')

    const pick = page.getByRole('button', { name: /^Pick / }).first()
    await page.getByRole('alert').filter({ hasText: '@admin is reserved.' }).waitFor()
    const picked = (await pick.getAttribute('aria-label')) ?? ''
    await tabTo(page, picked)
    await page.keyboard.press('Enter')
    const name = picked.replace('Pick @', '')
    await said(page, `@${name} is available.`)
    expect(await focused(page)).toBe('Hello, my username is')
    await page.keyboard.press('Enter')
    await said(page, `@${name} is yours.`)
    await expect.poll(() => focused(page)).toBe('Settings')

    await page.keyboard.press('Shift+Tab')
    expect(await focused(page)).toBe(`Account of @${name}`)
    await page.keyboard.press('Enter')
    await page.getByRole('menuitem', { name: 'Your profile' }).waitFor()
    await page.keyboard.press('Escape')
    await expect.poll(() => focused(page)).toBe(`Account of @${name}`)
    await page.keyboard.press('ArrowDown')
    await page.getByRole('menuitem', { name: 'Your profile' }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('article').waitFor()
    await expect.poll(() => focused(page)).toBe('Keys Only')
    await page.getByRole('button', { name: `Account of @${name}` }).focus()
    await page.keyboard.press('ArrowUp')
    await page.getByRole('menuitem', { name: 'Sign out' }).waitFor()
    await page.keyboard.press('Enter')
    await said(page, 'You are signed out.')
  })

  test('gives a name up and takes it back, through a dialog that keeps and returns the focus', async () => {
    const { page } = await on.visit()
    await signUpAs(page, 'mifune')
    const dialog = page.getByRole('alertdialog', { name: 'Give up @mifune?' })
    await tabTo(page, 'Give up @mifune…')
    await page.keyboard.press('Enter')
    await dialog.waitFor()
    expect(await focused(page)).toBe('Keep it')
    expect(await dialog.evaluate((element) => element.matches(':modal'))).toBe(true)
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    expect(await focused(page)).toBe('Give up @mifune…')

    await page.keyboard.press('Enter')
    await dialog.waitFor()
    await tabTo(page, 'Give up @mifune')
    await page.keyboard.press('Enter')
    await said(page, 'You gave up @mifune. It is held for you until')
    await expect.poll(() => focused(page)).toBe('Username')
    await tabTo(page, 'Take back @mifune')
    await page.keyboard.press('Enter')
    await said(page, '@mifune is yours.')
    expect(await focused(page)).toBe('Username')
  })

  test('shows a password, by a button that is called what stands on it', async () => {
    const { page } = await on.visit()
    await page.goto('/signin')
    const show = page.getByRole('button', { name: 'Show password' })
    const field = page.getByLabel('Password', { exact: true })
    await show.waitFor()
    await tabTo(page, 'Show password')
    for (const [pressed, type] of [
      ['false', 'password'],
      ['true', 'text'],
    ]) {
      expect(await show.textContent()).toBe('Show')
      expect(await show.getAttribute('aria-pressed')).toBe(pressed)
      expect(await field.getAttribute('type')).toBe(type)
      await page.keyboard.press('Enter')
    }
  })

  test('names every page in its title, and leads past the header', async () => {
    const { page } = await on.visit()
    const titles: string[] = []
    for (const path of ['/', '/signup', '/signin', '/@nobody-at-all', '/nowhere']) {
      await page.goto(path)
      await page.getByRole('heading', { level: 1 }).waitFor()
      titles.push(await page.title())
    }
    expect(titles).toEqual([
      'Call dibs on your name · Dibs',
      'Sign up · Dibs',
      'Sign in · Dibs',
      '@nobody-at-all · Dibs',
      'Not found · Dibs',
    ])
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('content')
  })
})
