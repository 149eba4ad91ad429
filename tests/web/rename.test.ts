import { describe, expect, test } from 'vitest'
import { usualRules } from '../support/rules.ts'
import { withoutBrowser } from './support/browser.ts'
import {
  claimButton,
  claimField,
  comeBack,
  renameTo,
  said,
  signIn,
  signOut,
  signUp,
  signUpAs,
} from './support/journeys.ts'
import { onSite } from './support/on-site.ts'

const dayMs = 24 * 60 * 60 * 1000

/** The day on which a name that is given up now is held for the last time, in the words of a language. */
function lastDay(locale: string, timeZone?: string): string {
  const format = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone })
  return format.format(new Date(Date.now() + usualRules.holdDays * dayMs))
}

describe.skipIf(withoutBrowser)('renaming in the browser', () => {
  const on = onSite()

  test('says before what will become of the current name, and after it what did', async () => {
    const { page } = await on.visit()
    await signUpAs(page, 'thomas')
    const fate = `@thomas keeps leading to you, and is held for you until ${lastDay('en-GB')}.`
    await page.getByText(`If you rename yourself, ${fate}`).waitFor()
    await claimField(page).fill('neo')
    const description = await claimButton(page).evaluate(
      (button) => document.getElementById(button.getAttribute('aria-describedby') ?? '')?.textContent,
    )
    expect(description).toBe(`If you rename yourself, ${fate}`)
    await claimButton(page).click()
    await said(page, `You are @neo now. ${fate}`)
    const held = page.getByRole('list', { name: 'Held for you' }).getByRole('listitem')
    expect(await held.innerText()).toContain(`until ${lastDay('en-GB')}`)

    // The front page renames too, and says the same.
    await page.goto('/')
    await page.getByText('If you rename yourself, @neo keeps leading to you').waitFor()
  })

  test('tells days in the language and the zone of whoever looks', async () => {
    const timeZone = 'Pacific/Kiritimati'
    const { page } = await on.visit({ locale: 'de-DE', timezoneId: timeZone })
    await signUpAs(page, 'hamann')
    const time = page.locator('.former-name time')
    expect(await time.innerText()).toBe(lastDay('de-DE', timeZone))
    expect(await time.getAttribute('datetime')).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
  })

  test('only in its capitals says that every link stays as it is', async () => {
    const { page } = await on.visit()
    await signUpAs(page, 'ghost')
    await claimField(page).fill('Ghost')
    await said(page, '@Ghost is yours already.')
    await page.getByText('every link to it stays as it is').waitFor()
    await claimButton(page).click()
    await said(page, '@Ghost is yours.')
    await page.getByRole('link', { name: '@Ghost' }).waitFor()
  })

  test('after being signed out elsewhere leads on where one is, and keeps all that was typed', async () => {
    const { page, newTab } = await on.visit()
    const person = await signUpAs(page, 'link')
    await renameTo(page, 'sparks')
    await page.getByLabel('Bio').fill('Still here.')
    const other = await newTab()
    await other.goto('/')
    await signOut(other)
    await said(other, 'You are signed out.')
    await comeBack(page)
    await page.getByRole('link', { name: 'Sign in', exact: true }).waitFor()

    const alert = page.getByRole('alert').filter({ hasText: 'You are signed out.' })
    await page.getByRole('button', { name: 'Take back @link' }).click()
    await alert.filter({ hasText: '@link is kept here' }).waitFor()
    await claimField(page).fill('tank')
    await page.getByRole('button', { name: 'Rename' }).click()
    await alert.filter({ hasText: '@tank is kept here' }).waitFor()
    const tab = page.context().waitForEvent('page')
    await alert.getByRole('link', { name: 'Sign in, in a new tab' }).click()
    await signIn(await tab, person)
    await (await tab).waitForURL('/settings')
    await alert.getByRole('button', { name: 'Try again' }).click()
    await said(page, 'You are @tank now.')
    expect(await page.getByLabel('Bio').inputValue()).toBe('Still here.')
  })

  test('says which name another one looks like, where that one is public', async () => {
    const { page: owner } = await on.visit()
    await signUpAs(owner, 'Marlow')
    const { page } = await on.visit()
    await signUp(page)
    await claimField(page).fill('MarIow')
    await said(page, '@MarIow looks too much like @Marlow, which is somebody else.')
    await claimButton(page).click()
    await page.getByRole('alert').filter({ hasText: '@MarIow looks too much like @Marlow, and' }).waitFor()
    expect(await claimField(page).getAttribute('aria-invalid')).toBe('true')

    await renameTo(owner, 'unalike')
    await claimField(page).fill('Mar1ow')
    await said(page, '@Mar1ow looks too much like a name that cannot be had.')
    const pick = page.getByRole('button', { name: /^Pick / }).first()
    const picked = (await pick.innerText()).slice(1)
    await pick.click()
    await said(page, `@${picked} is available.`)
  })

  test('says until when a name is held for its last owner, and to them that it is theirs', async () => {
    const { page: owner } = await on.visit()
    await signUpAs(owner, 'keanu')
    await renameTo(owner, 'keanu-reeves')
    await claimField(owner).fill('keanu')
    await said(owner, '@keanu is held for you. You can take it back.')
    const { page } = await on.visit()
    await page.goto('/')
    await claimField(page).fill('keanu')
    await said(page, `is held for its last owner until ${lastDay('en-GB')}.`)
  })
})

describe.skipIf(withoutBrowser)('renaming where names are not held, and once a month', () => {
  const on = onSite({ nameRules: { ...usualRules, holdDays: 0, renames: { most: 1, days: 30 } } })

  test('says that anybody can have the name one leaves, and when one may rename again', async () => {
    const { page } = await on.visit()
    await signUpAs(page, 'seraph')
    const fate = 'it leads to you until somebody else claims it.'
    await page.getByText(`If you rename yourself, @seraph is not held for you: ${fate}`).waitFor()
    await claimField(page).fill('wingless')
    await claimButton(page).click()
    await said(page, 'You are @wingless now. @seraph leads to you until somebody else claims it.')
    await page.getByText('None. A name that you rename yourself from').waitFor()

    await claimField(page).fill('sati')
    await claimButton(page).click()
    const alert = page.getByRole('alert').filter({ hasText: 'You changed your username too often.' })
    await alert.waitFor()
    expect(await alert.innerText()).toContain('Going back to a name that is held for you is always possible.')
    await alert.getByRole('link', { name: 'held for you' }).click()
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Held for you')
    const retryAt = Date.parse((await alert.locator('time').getAttribute('datetime')) ?? '')
    expect(Math.abs(retryAt - Date.now() - 30 * dayMs)).toBeLessThan(dayMs)

    await page.getByRole('button', { name: 'Give up @wingless…' }).click()
    await page.getByText('@wingless is not held for you: anybody can claim it at once.').waitFor()
    await page.getByRole('button', { name: 'Give up @wingless', exact: true }).click()
    await said(page, 'You gave up @wingless. Anybody can claim it now.')
  })
})
