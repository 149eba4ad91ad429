/** Stands where a page is about to be. */
export function Loading() {
  return (
    <div className="page" role="status">
      <span className="visually-hidden">Loading…</span>
      <div className="skeleton skeleton-heading" />
      <div className="skeleton skeleton-line" />
      <div className="skeleton skeleton-block" />
    </div>
  )
}
