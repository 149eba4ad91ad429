const paths = {
  check: 'M4 12.5l5.2 5L20 6.5',
  cross: 'M6 6l12 12M18 6L6 18',
  warning: 'M12 8v5m0 3.5v.01M12 3l9.5 17h-19z',
  link: 'M10 14a4.5 4.5 0 0 0 6.4 0l3.2-3.2a4.5 4.5 0 0 0-6.4-6.4L12 5.6M14 10a4.5 4.5 0 0 0-6.4 0l-3.2 3.2a4.5 4.5 0 0 0 6.4 6.4l1.2-1.2',
  chevron: 'M6 9.5l6 6 6-6',
} as const

/** A small picture beside words that say the same. */
export function Icon({ name }: { name: keyof typeof paths }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  )
}

/** Says that something is under way, beside words that say the same. */
export function Spinner() {
  return <span className="spinner" aria-hidden="true" />
}
