import type { CSSProperties } from 'react'

type Rgb = readonly [number, number, number]

/** The surfaces that text in an accent colour stands on: `--surface` of tokens.css, in light and in dark. */
const surfaces = { light: '#ffffff', dark: '#1a1d23' } as const

/** The least contrast of text (WCAG 2.2, 1.4.3). */
const least = 4.5

/** The colour of whoever chose none. */
export const defaultAccent = '#ffd23d'

/**
 * The custom properties that dress an element in somebody's accent colour: the colour itself,
 * what to write on it, and its nearest relatives that are readable on a light and a dark surface.
 *
 * @param accent `#rrggbb`, or null for the default
 */
export function accentStyle(accent: string | null): CSSProperties {
  const colour = rgbOf(accent ?? defaultAccent)
  return {
    '--accent': accent ?? defaultAccent,
    '--on-accent': contrast(colour, black) >= contrast(colour, white) ? '#000000' : '#ffffff',
    '--accent-text-light': hexOf(readable(colour, rgbOf(surfaces.light), black)),
    '--accent-text-dark': hexOf(readable(colour, rgbOf(surfaces.dark), white)),
  }
}

const black: Rgb = [0, 0, 0]
const white: Rgb = [255, 255, 255]

/** Moves a colour towards another until it can be read on a surface. */
function readable(colour: Rgb, surface: Rgb, towards: Rgb): Rgb {
  for (let share = 0; share < 1; share += 0.05) {
    const mixed = mix(colour, towards, share)
    if (contrast(mixed, surface) >= least) return mixed
  }
  return towards
}

function mix(a: Rgb, b: Rgb, share: number): Rgb {
  const at = (i: 0 | 1 | 2) => Math.round(a[i] + (b[i] - a[i]) * share)
  return [at(0), at(1), at(2)]
}

/** The contrast ratio of WCAG 2.2, from 1 to 21. */
export function contrast(a: Rgb, b: Rgb): number {
  const [brighter, darker] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number]
  return (brighter + 0.05) / (darker + 0.05)
}

function luminance([r, g, b]: Rgb): number {
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
}

function linear(channel: number): number {
  const share = channel / 255
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
}

export function rgbOf(hex: string): Rgb {
  const at = (start: number) => Number.parseInt(hex.slice(start, start + 2), 16)
  return [at(1), at(3), at(5)]
}

function hexOf(rgb: Rgb): string {
  return `#${rgb.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`
}
