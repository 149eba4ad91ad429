/**
 * For the `ref` of what goes when something in it is pressed: the focus, if it is in there, moves on to the
 * button that sends the form around it, or else to the heading above it.
 */
export function handFocusOn(element: HTMLElement | null): () => void {
  return () => {
    if (!element?.contains(document.activeElement)) return
    const next =
      // While it waits for an answer, React Aria's is no button to submit.
      element.closest('form')?.querySelector<HTMLElement>('[type=submit], [data-pending]') ??
      element.closest('section')?.querySelector('h2') ??
      document.querySelector('h1')
    next?.focus({ preventScroll: true })
  }
}
