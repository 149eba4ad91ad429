import type { BrowserContextOptions, Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { faintTexts, overflow, smallTargets } from './support/audit.ts'
import { withoutBrowser } from './support/browser.ts'
import { claimButton, claimField, said, signUpAs } from './support/journeys.ts'
import { onSite } from './support/on-site.ts'

/** The longest name there can be, with nowhere to break it. */
const longName = 'W'.repeat(50)

describe.skipIf(withoutBrowser)('the look of the web app', { timeout: 240_000 }, () => {
  const on = onSite()

  /** Shows every page and state in turn, as somebody signed out and as somebody with the longest name. */
  async function walk(
    context: BrowserContextOptions,
    username: string,
    look: (page: Page, where: string) => Promise<void>,
  ) {
    const { page } = await on.visit(context)
    await page.goto('/')
    await look(page, 'front page')
    await claimField(page).fill('admin')
    await said(page, '@admin is reserved.')
    await look(page, 'reserved name')
    await claimField(page).fill('no spaces')
    await look(page, 'invalid name')
    await page.goto('/signin')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('Type your password').waitFor()
    await look(page, 'sign in, with problems')
    await signUpAs(page, username)
    await look(page, 'settings, with a notice')
    await page.getByRole('button', { name: `Give up @${username}…` }).click()
    await page.getByRole('alertdialog').waitFor()
    await look(page, 'giving a name up')
    await page.getByRole('button', { name: `Give up @${username}`, exact: true }).click()
    await said(page, `You gave up @${username}.`)
    await look(page, 'settings, without a name')
    await page.getByRole('button', { name: `Take back @${username}` }).click()
    await said(page, `@${username} is yours.`)
    await look(page, 'settings, with a history')
    await page.getByRole('button', { name: 'Dismiss' }).click()
    await page.getByRole('button', { name: 'Delete account…' }).click()
    await page.getByRole('button', { name: 'Delete account', exact: true }).click()
    await page.getByText('Type your password').waitFor()
    await look(page, 'deleting the account')
    await page.keyboard.press('Escape')
    await page.getByLabel('Bio').fill(`${username}\n${username}${username}`)
    await page.getByLabel('Role').fill(username)
    await page.getByLabel('Pronouns').fill('she/her')
    await page.getByRole('button', { name: 'Save profile' }).click()
    await said(page, 'Your profile is saved.')
    await page.reload()
    await page.getByRole('button', { name: /^Account of/ }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).waitFor()
    await look(page, 'account menu')
    await page.getByRole('menuitem', { name: 'Your profile' }).click()
    await page.getByRole('article').waitFor()
    await look(page, 'profile')
    await page.goto('/')
    await claimField(page).fill('admin')
    await claimButton(page).click()
    await page.getByRole('alert').waitFor()
    await look(page, 'conflict')
    await page.goto(`/@${username.slice(1)}`)
    await page.getByRole('heading', { name: /^Nobody is/ }).waitFor()
    await look(page, 'nobody’s name')
    await page.goto('/nowhere')
    await page.getByRole('heading', { name: 'Nothing lives here.' }).waitFor()
    await look(page, 'not found')
  }

  test('fits a phone of 360 px, with targets a thumb can hit', async () => {
    const found: Record<string, unknown> = {}
    const phone = { viewport: { width: 360, height: 740 } }
    await walk(phone, longName, async (page, where) => {
      const findings = { overflow: await overflow(page), small: await smallTargets(page) }
      if (findings.overflow > 0 || findings.small.length > 0) found[where] = findings
    })
    expect(found).toEqual({})
  })

  test.each(['light', 'dark'] as const)('is readable in a %s theme', async (colorScheme) => {
    const found: Record<string, string[]> = {}
    await walk({ colorScheme, reducedMotion: 'reduce' }, `reader-${colorScheme}`, async (page, where) => {
      const faint = await faintTexts(page)
      if (faint.length > 0) found[where] = faint
    })
    expect(found).toEqual({})
  })

  test('would be caught with a text too faint, a page too wide or a target too small', async () => {
    const { page } = await on.visit({ viewport: { width: 360, height: 740 } })
    await page.goto('/')
    await page.locator('.lead').evaluate((lead) => {
      lead.style.color = '#a9a9a9'
      lead.style.width = '500px'
    })
    await claimButton(page).evaluate((button) => {
      button.style.minHeight = '0'
      button.style.height = '30px'
    })
    expect(await faintTexts(page)).toHaveLength(1)
    expect(await overflow(page)).toBeGreaterThan(0)
    expect(await smallTargets(page)).toHaveLength(1)
  })

  test('is dark where the system is', async () => {
    const colours = await Promise.all(
      (['light', 'dark'] as const).map(async (colorScheme) => {
        const { page } = await on.visit({ colorScheme })
        await page.goto('/')
        return page.locator('body').evaluate((body) => {
          const { color, backgroundColor } = getComputedStyle(body)
          return { color, backgroundColor }
        })
      }),
    )
    expect(colours).toEqual([
      { color: 'rgb(22, 24, 29)', backgroundColor: 'rgb(243, 243, 239)' },
      { color: 'rgb(242, 242, 237)', backgroundColor: 'rgb(16, 18, 22)' },
    ])
  })

  test.each([700, 880, 1280])('ends every section of the settings at one edge, at %i px', async (width) => {
    const { page } = await on.visit({ viewport: { width, height: 900 } })
    await signUpAs(page, `edges-${width}`)
    await page.getByText(`Claimed @edges-${width}`).waitFor()
    const edges = await page
      .locator('.claim, form.panel, .history-lines')
      .evaluateAll((parts) => parts.map((part) => Math.round(part.getBoundingClientRect().right)))
    expect(edges).toHaveLength(3)
    expect(new Set(edges).size).toBe(1)
  })

  test('rings the swatch for any other colour once that is chosen, in the row of the others', async () => {
    const { page } = await on.visit()
    await signUpAs(page, 'any-colour')
    const dots = page.locator('.accent-dot')
    const rings = () =>
      dots.evaluateAll((all) =>
        all.flatMap((dot, i) => (getComputedStyle(dot).boxShadow.endsWith('0px 0px 0px 3px') ? [i] : [])),
      )
    await expect.poll(rings).toEqual([0])
    await page.locator('input[type=color]').fill('#123456')
    await expect.poll(rings).toEqual([8])
    expect(await dots.nth(8).evaluate((dot) => getComputedStyle(dot).backgroundColor)).toBe('rgb(18, 52, 86)')
    const tops = await dots.evaluateAll((all) => all.map((dot) => dot.getBoundingClientRect().top))
    expect(new Set(tops).size).toBe(1)
  })

  test('keeps colours apart, and a notice from the page, in a contrast theme', async () => {
    const { page } = await on.visit({ forcedColors: 'active', reducedMotion: 'reduce' })
    await signUpAs(page, 'contrast')
    await page.getByRole('radio', { name: 'Rose' }).check({ force: true })
    const dots = await page.locator('.accent-dot').evaluateAll((all) =>
      all.map((dot) => {
        const { backgroundColor, boxShadow } = getComputedStyle(dot)
        return { backgroundColor, isRinged: boxShadow !== 'none' }
      }),
    )
    expect(new Set(dots.map((dot) => dot.backgroundColor)).size).toBe(9)
    expect(dots.flatMap((dot, i) => (dot.isRinged ? [i] : []))).toEqual([2])

    const edges = await page.locator('.notice, .notice-close').evaluateAll((parts) =>
      parts.map((part) => {
        const { borderTopWidth, borderTopColor } = getComputedStyle(part)
        return `${borderTopWidth} ${borderTopColor}`
      }),
    )
    expect(edges).toEqual(['2px rgb(0, 0, 0)', '2px rgb(0, 0, 0)'])
  })

  test.each([
    { width: 320, textSize: 100, rows: 1 },
    { width: 320, textSize: 200, rows: 2 },
    { width: 390, textSize: 200, rows: 2 },
  ])('leaves the ways in whole at $width px and text at $textSize %', async ({ width, textSize, rows }) => {
    const { page } = await on.visit({ viewport: { width, height: 740 } })
    await page.goto('/')
    await page.locator('html').evaluate((html, size) => {
      html.style.fontSize = `${size}%`
    }, textSize)
    const header = page.getByRole('banner')
    await header.getByRole('link', { name: 'Sign in' }).waitFor()
    const lines = await header.locator('.button').evaluateAll((buttons) =>
      buttons.map((button) => {
        const text = document.createRange()
        text.selectNodeContents(button)
        return text.getClientRects().length
      }),
    )
    expect(lines).toEqual([1, 1])
    const tops = await header.getByRole('link').evaluateAll((links) =>
      links.map((link) => {
        const { top, height } = link.getBoundingClientRect()
        return { top, middle: Math.round(top + height / 2) }
      }),
    )
    expect(Math.min(...tops.map(({ top }) => top))).toBeGreaterThanOrEqual(12)
    expect(new Set(tops.map(({ middle }) => middle)).size).toBe(rows)
    expect(await overflow(page)).toBe(0)
  })

  test('keeps still for whoever asks for no motion', async () => {
    const animations = await Promise.all(
      (['no-preference', 'reduce'] as const).map(async (reducedMotion) => {
        const { page } = await on.visit({ reducedMotion })
        await page.goto('/')
        return page.evaluate(() => {
          const skeleton = document.createElement('div')
          skeleton.className = 'skeleton'
          document.body.append(skeleton)
          return getComputedStyle(skeleton).animationName
        })
      }),
    )
    expect(animations).toEqual(['breathe', 'none'])
  })
})
