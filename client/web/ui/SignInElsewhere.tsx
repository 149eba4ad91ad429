/** The way to sign in without losing what is on this page. */
export function SignInElsewhere() {
  return (
    <a className="button button-primary" href="/signin" target="_blank" rel="noreferrer">
      Sign in, in a new tab
    </a>
  )
}
