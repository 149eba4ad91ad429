/** Stands where a list of names is about to be. */
export function ListLoading() {
  return (
    <div role="status">
      <span className="visually-hidden">Loading…</span>
      <div className="skeleton skeleton-list" />
    </div>
  )
}
