/** A place where callers wait until so many of them are there. */
export function meetingOf(people: number): () => Promise<void> {
  let missing = people
  let open = () => {}
  const everybodyIsHere = new Promise<void>((resolve) => {
    open = resolve
  })
  return () => {
    missing -= 1
    if (missing === 0) open()
    return everybodyIsHere
  }
}
