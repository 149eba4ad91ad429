import { describe, expect, test } from 'vitest'
import { withoutBrowser } from './support/browser.ts'
import { hold } from './support/hold.ts'
import { claimButton, claimField, fillSignUp, newcomer, said, signUp, signUpAs } from './support/journeys.ts'
import { onSite } from './support/on-site.ts'

describe.skipIf(withoutBrowser)('claiming a name in the browser', () => {
  const on = onSite()

  test('goes from the front page over signing up to a public profile', async () => {
    const { page } = await on.visit()
    await page.goto('/')
    await claimField(page).fill('Trinity')
    await said(page, '@Trinity is available.')
    await claimButton(page).click()

    await page.waitForURL('/signup')
    await fillSignUp(page, newcomer('Carrie-Anne'))
    await page.getByRole('button', { name: 'Sign up and claim @Trinity' }).click()

    await page.waitForURL('/settings')
    await said(page, '@Trinity is yours.')
    await page.getByLabel('Bio').fill('Dodge this.')
    await page.getByRole('radio', { name: 'Teal' }).check({ force: true })
    await page.getByRole('button', { name: 'Save profile' }).click()
    await said(page, 'Your profile is saved.')

    const { page: strangers } = await on.visit()
    await strangers.goto('/@trinity')
    await strangers.getByRole('heading', { level: 1, name: 'Carrie-Anne' }).waitFor()
    expect(await strangers.getByRole('article').innerText()).toMatch(/@Trinity[\s\S]*Dodge this\./)
    expect(await strangers.title()).toBe('\u2068Carrie-Anne\u2069 (@Trinity) · Dibs')
  })

  test('has one winner of two at once, and the other is told and picks another name', async () => {
    const people = [await on.visit(), await on.visit()]
    const holds = await Promise.all(
      people.map(async ({ page }) => {
        await signUp(page)
        await claimField(page).fill('morpheus')
        await said(page, '@morpheus is available.')
        const held = await hold(page, 'profile.claimUsername')
        await claimButton(page).click()
        return held
      }),
    )
    await Promise.all(holds.map(({ arrived }) => arrived))
    for (const { letGo } of holds) letGo()

    const ends = await Promise.all(
      people.map(({ page }) =>
        Promise.race([
          page.waitForURL('/settings').then(() => 'won'),
          page
            .getByText('Somebody else has @morpheus')
            .waitFor()
            .then(() => 'lost'),
        ]),
      ),
    )
    expect(ends.toSorted()).toEqual(['lost', 'won'])

    const loser = people[ends.indexOf('lost')]?.page
    if (!loser) throw new Error('nobody lost')
    expect(await claimField(loser).getAttribute('aria-invalid')).toBe('true')
    const pick = loser.getByRole('button', { name: /^Pick / }).first()
    const picked = (await pick.innerText()).slice(1)
    await pick.click()
    await said(loser, `@${picked} is available.`)
    await claimButton(loser).click()
    await said(loser, `@${picked} is yours.`)

    const rows = await on.site.database.prisma.username.findMany({
      where: { display: { in: ['morpheus', picked] } },
      select: { display: true, ownerId: true },
    })
    expect(rows.map(({ display }) => display).toSorted()).toEqual(['morpheus', picked].toSorted())
    expect(new Set(rows.map(({ ownerId }) => ownerId)).size).toBe(2)
  })

  test('sends one claim however often the button is pressed', async () => {
    const { page } = await on.visit()
    await signUp(page)
    const held = await hold(page, 'profile.claimUsername')
    let sent = 0
    page.on('request', (request) => {
      if (request.url().includes('claimUsername')) sent += 1
    })
    await claimField(page).fill('switch')
    await claimField(page).press('Enter')
    await held.arrived
    await claimField(page).press('Enter')
    await claimButton(page).click({ force: true })
    held.letGo()
    await said(page, '@switch is yours.')
    expect(sent).toBe(1)
  })

  test('tells what a name lacks in the words of the shared rule, before anything is sent', async () => {
    const { page } = await on.visit()
    const sent: string[] = []
    page.on('request', (request) => sent.push(request.url()))
    await page.goto('/')
    await claimField(page).fill('no spaces')
    await said(page, 'Username can only contain letters, numbers, hyphens, and underscores')
    await claimField(page).fill('ab')
    await said(page, 'Username must be at least 3 characters')
    await claimField(page).fill('a'.repeat(51))
    await said(page, 'Username must be at most 50 characters')
    await claimButton(page).click()
    expect(await claimField(page).getAttribute('aria-invalid')).toBe('true')
    expect(await claimField(page).evaluate((field) => field === document.activeElement)).toBe(true)
    expect(sent.filter((url) => url.includes('/trpc/'))).toEqual([])
  })

  test('that was lost is forgotten once something else is typed: its name is looked at anew', async () => {
    const { page } = await on.visit()
    await signUp(page)
    await claimField(page).fill('admin')
    await claimButton(page).click()
    await page.getByRole('alert').filter({ hasText: '@admin is reserved. Pick another one.' }).waitFor()
    await claimField(page).fill('lock')
    await said(page, '@lock is available.')
    await claimField(page).fill('admin')
    await said(page, '@admin is reserved.')
    expect(await page.getByRole('alert').count()).toBe(0)
  })

  test('that got no answer hides nothing of what becomes of the name', async () => {
    const { page } = await on.visit()
    await signUp(page)
    await claimField(page).fill('korso')
    await said(page, '@korso is available.')
    await page.route('**/trpc/profile.claimUsername*', (route) => route.abort())
    await claimButton(page).click()
    await page.getByRole('alert').filter({ hasText: 'The service did not answer.' }).waitFor()
    const { page: rival } = await on.visit()
    await signUpAs(rival, 'korso')
    await said(page, '@korso was just taken.')
  })

  test('that was won without an answer is not called a name to take back', async () => {
    const { page } = await on.visit()
    await signUp(page)
    await claimField(page).fill('mauser')
    await said(page, '@mauser is available.')
    await page.route('**/trpc/profile.claimUsername*', async (route) => {
      await route.fetch()
      await route.abort()
    })
    await claimButton(page).click()
    await page.getByRole('alert').filter({ hasText: 'The service did not answer.' }).waitFor()
    await said(page, '@mauser is yours already.')
    await page.unroute('**/trpc/profile.claimUsername*')
    await page.getByRole('button', { name: 'Try again' }).click()
    await said(page, '@mauser is yours.')
  })

  test('says why a reserved name, and one held for its last owner, cannot be had', async () => {
    const { page: apoc } = await on.visit()
    await signUpAs(apoc, 'apoc')
    await claimField(apoc).fill('apoc2')
    await claimButton(apoc).click()
    await said(apoc, 'You are @apoc2 now.')

    const { page } = await on.visit()
    await signUp(page)
    await claimField(page).fill('Admin')
    await said(page, '@Admin is reserved.')
    await claimButton(page).click()
    await page.getByRole('alert').filter({ hasText: '@Admin is reserved. Pick another one.' }).waitFor()
    await claimField(page).fill('apoc')
    await said(page, '@apoc was given up recently and is held for its last owner until')
    await claimButton(page).click()
    await page.getByRole('alert').filter({ hasText: 'is held for its last owner until' }).waitFor()
  })
})
