import { visible } from '../../../shared/visible.ts'

/** The first letter of a name that can be seen, in a circle. */
export function Avatar({ name }: { name: string }) {
  return (
    <span className="avatar" aria-hidden="true">
      {graphemes(name).find(visible)?.toUpperCase() ?? '?'}
    </span>
  )
}

/** What a reader takes for one character each. */
function graphemes(text: string): string[] {
  // Missing in browsers that the page is built for.
  if (!('Segmenter' in Intl)) return [...text]
  return [...new Intl.Segmenter().segment(text)].map(({ segment }) => segment)
}
