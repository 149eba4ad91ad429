import type { Page } from 'playwright-core'

/** A text that is hard to read, or a control that is hard to hit. */
export type Finding = string

/** The texts of a page whose contrast is below WCAG 2.2 AA (1.4.3): 4.5, or 3 where they are large. */
export function faintTexts(page: Page): Promise<Finding[]> {
  return page.evaluate(() => {
    const canvas = document.createElement('canvas')
    canvas.width = canvas.height = 1
    const paint = canvas.getContext('2d', { willReadFrequently: true })
    if (!paint) throw new Error('no canvas')

    /** Any CSS colour as red, green, blue from 0 to 255 and alpha from 0 to 1. */
    function rgba(colour: string): [number, number, number, number] {
      if (!paint) throw new Error('no canvas')
      paint.clearRect(0, 0, 1, 1)
      paint.fillStyle = colour
      paint.fillRect(0, 0, 1, 1)
      const [r = 0, g = 0, b = 0, a = 0] = paint.getImageData(0, 0, 1, 1).data
      return [r, g, b, a / 255]
    }

    /** What stands behind an element. */
    function backgroundOf(element: Element | null): [number, number, number] {
      if (!element) return [255, 255, 255]
      const [r, g, b, a] = rgba(getComputedStyle(element).backgroundColor)
      if (a === 1) return [r, g, b]
      const [br, bg, bb] = backgroundOf(element.parentElement)
      return [r * a + br * (1 - a), g * a + bg * (1 - a), b * a + bb * (1 - a)]
    }

    function luminance(rgb: [number, number, number]): number {
      const [r, g, b] = rgb.map((channel) => {
        const share = channel / 255
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
      }) as [number, number, number]
      return 0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    function contrast(a: number, b: number): number {
      return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
    }

    const findings: string[] = []
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (texts.nextNode()) {
      const element = texts.currentNode.parentElement
      const text = texts.currentNode.textContent?.trim()
      if (!element || !text || !element.checkVisibility({ opacityProperty: true })) continue
      if (element.closest('noscript, .visually-hidden')) continue
      const style = getComputedStyle(element)
      const [r, g, b] = rgba(style.color)
      const ratio = contrast(luminance([r, g, b]), luminance(backgroundOf(element)))
      const size = Number.parseFloat(style.fontSize)
      const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700)
      if (ratio < (large ? 3 : 4.5)) findings.push(`${ratio.toFixed(2)}: ${text}`)
    }
    return findings
  })
}

/** The buttons, fields and stand-alone links of a page that are less than 44 px high or wide. */
export function smallTargets(page: Page): Promise<Finding[]> {
  return page.evaluate(() => {
    const controls = 'button, .button, input:not([type=radio]), textarea, header a, .accent, [role=menuitem]'
    return [...document.querySelectorAll<HTMLElement>(controls)].flatMap((control) => {
      const { width, height } = control.getBoundingClientRect()
      // Out of the tab order are those that only screen readers are offered.
      if (!control.checkVisibility() || control.tabIndex < 0) return []
      if (width >= 44 && height >= 44) return []
      return [`${Math.round(width)}×${Math.round(height)}: ${control.outerHTML.slice(0, 120)}`]
    })
  })
}

/** By how many pixels a page is wider than its window. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
}
