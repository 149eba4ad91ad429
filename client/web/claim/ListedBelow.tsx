/** Says to whoever only hears the page that there are names to have instead: their list is not read out. */
export function ListedBelow({ names: { length } }: { names: readonly string[] }) {
  if (length === 0) return null
  return (
    <span className="visually-hidden">
      {' '}
      {length === 1 ? 'A free name is listed below.' : `${length} free names are listed below.`}
    </span>
  )
}
