import { describe, expect, test } from 'vitest'
import { withoutBrowser } from './support/browser.ts'
import { comeBack, signUpAs } from './support/journeys.ts'
import { onSite } from './support/on-site.ts'

const profiles = '**/trpc/profile.get*'

describe.skipIf(withoutBrowser)('a profile that is being read', () => {
  const on = onSite()

  /** Somebody reads a profile, which is old enough to be looked up anew when they come back to it. */
  async function reading(username: string) {
    const { page: owner } = await on.visit()
    await signUpAs(owner, username)
    const { page } = await on.visit()
    await page.clock.install()
    await page.goto(`/@${username}`)
    await page.getByRole('heading', { name: 'Somebody New' }).waitFor()
    await page.clock.fastForward(60_000)
    return { page, owner }
  }

  test('stays where it cannot be looked up anew', async () => {
    const { page } = await reading('reader-one')
    let asked = 0
    await page.route(profiles, (route) => {
      asked += 1
      return route.abort()
    })
    await comeBack(page)
    await expect.poll(() => asked).toBe(3)
    // Asked once more, it has told of the failure before.
    await expect.poll(() => comeBack(page).then(() => asked)).toBeGreaterThan(3)
    expect(await page.getByRole('heading', { name: 'Somebody New' }).count()).toBe(1)
    expect(await page.getByRole('alert').count()).toBe(0)
  })

  test('goes where it turns out to be nobody’s by now', async () => {
    const { page, owner } = await reading('reader-two')
    await owner.getByRole('button', { name: 'Give up @reader-two…' }).click()
    await owner.getByRole('button', { name: 'Give up @reader-two', exact: true }).click()
    await owner.getByText('You gave up @reader-two.').waitFor()
    await comeBack(page)
    await page.getByRole('heading', { name: 'Nobody is @reader-two.' }).waitFor()
  })

  test('that was never found is a problem to try again', async () => {
    const { page } = await on.visit()
    await page.route(profiles, (route) => route.abort())
    await page.goto('/@reader-three')
    const problem = page.getByRole('alert').filter({ hasText: 'did not answer' })
    await problem.waitFor()
    await page.unroute(profiles)
    await problem.getByRole('button', { name: 'Try again' }).click()
    await page.getByRole('heading', { name: 'Nobody is @reader-three.' }).waitFor()
  })
})
