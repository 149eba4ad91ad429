/** The mark and the word. */
export function Logo() {
  return (
    <>
      <svg className="logo-mark" viewBox="0 0 64 64" aria-hidden="true" focusable="false">
        <rect className="logo-tag" x="4" y="8" width="56" height="48" rx="11" />
        <path className="logo-band" d="M4 26V19A11 11 0 0 1 15 8h34a11 11 0 0 1 11 11v7z" />
        <path className="logo-check" d="M19 41l8.5 8L45 33" />
      </svg>
      <span>Dibs</span>
    </>
  )
}
