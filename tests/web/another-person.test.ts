import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { withoutBrowser } from './support/browser.ts'
import { newcomer, pressSignOut, signOut, signUpAs } from './support/journeys.ts'
import { onSite } from './support/on-site.ts'

describe.skipIf(withoutBrowser)('a page of somebody who is not signed in any more', () => {
  const on = onSite()

  /** The settings of Alice in a window that nobody looked away from, after Carol signed in in another one. */
  async function switched(mine: string, theirs: string) {
    const { page, newTab } = await on.visit()
    const alice = await signUpAs(page, mine, newcomer('Alice'))
    const other = await newTab()
    await other.goto('/')
    await signOut(other)
    const carol = await signUpAs(other, theirs, newcomer('Carol'))
    return { page, alice, carol }
  }

  const sessionsOf = ({ email }: { email: string }) =>
    on.site.database.prisma.session.count({ where: { user: { email } } })

  async function tells(page: Page): Promise<void> {
    const dialog = page.getByRole('alertdialog', { name: 'Somebody else is signed in' })
    await dialog.getByText('In this browser Carol is signed in now').waitFor()
  }

  test('deletes no account but the one that it shows, though the passwords are the same', async () => {
    const { page, alice, carol } = await switched('alice-del', 'carol-del')
    expect(carol.password).toBe(alice.password)
    await page.getByRole('button', { name: 'Delete account…' }).click()
    const dialog = page.getByRole('alertdialog', { name: 'Delete your account?' })
    await dialog.getByLabel('Password', { exact: true }).fill(alice.password)
    await dialog.getByRole('button', { name: 'Delete account', exact: true }).click()
    await tells(page)
    for (const { email } of [alice, carol]) {
      expect(await on.site.database.prisma.user.count({ where: { email } })).toBe(1)
    }
    expect(await sessionsOf(carol)).toBe(1)
  })

  test('signs out nobody but whom it shows', async () => {
    const { page, carol } = await switched('alice-out', 'carol-out')
    await pressSignOut(page)
    await tells(page)
    expect(await page.getByText(/still signed in/).count()).toBe(0)
    expect(await sessionsOf(carol)).toBe(1)
    await page.getByRole('button', { name: 'Go on as Carol' }).click()
    await page.getByText('You are @carol-out.').waitFor()
  })
})
