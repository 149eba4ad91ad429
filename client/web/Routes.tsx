import { lazy, Suspense, useEffect } from 'react'
import { Route, Switch, useLocation } from 'wouter'
import { profilePath } from '../../shared/profile-address.ts'
import { Broken } from './pages/Broken.tsx'
import { Landing } from './pages/Landing.tsx'
import { NotFound } from './pages/NotFound.tsx'
import { AccountsElsewherePage } from './session/AccountsElsewhere.tsx'
import { useAccountsElsewhere } from './session/session.ts'
import { ErrorBoundary } from './ui/ErrorBoundary.tsx'
import { Loading } from './ui/Loading.tsx'

const pages = {
  signUp: () => import('./pages/SignUp.tsx'),
  signIn: () => import('./pages/SignIn.tsx'),
  settings: () => import('./pages/Settings.tsx'),
  profile: () => import('./pages/Profile.tsx'),
}

/** The pages as components, each fetched when it is first shown. */
function lazyPages() {
  return {
    SignUp: lazy(async () => ({ default: (await pages.signUp()).SignUp })),
    SignIn: lazy(async () => ({ default: (await pages.signIn()).SignIn })),
    Settings: lazy(async () => ({ default: (await pages.settings()).Settings })),
    Profile: lazy(async () => ({ default: (await pages.profile()).Profile })),
  }
}

/** One that could not be fetched stays so: they are made anew then, for whoever tries again. */
let shown = lazyPages()
function startOver() {
  shown = lazyPages()
}

/** Those for somebody who is signed in, or wants to be. */
const accountPaths = /^\/(signup|signin|settings)\/?$/

/** Which page is at which address. */
export function Routes() {
  const [location] = useLocation()
  const accountsElsewhere = useAccountsElsewhere()
  useEffect(() => {
    const fetchPages = setTimeout(() => {
      for (const page of Object.values(pages)) page().catch(() => undefined)
    }, 2000)
    return () => clearTimeout(fetchPages)
  }, [])

  const { SignUp, SignIn, Settings, Profile } = shown
  return (
    <ErrorBoundary key={location} fallback={<Broken />} onBroken={startOver}>
      <Suspense fallback={<Loading />}>
        <Switch>
          <Route path="/" component={Landing} />
          {accountsElsewhere && <Route path={accountPaths} component={AccountsElsewherePage} />}
          <Route path="/signup" component={SignUp} />
          <Route path="/signin" component={SignIn} />
          <Route path="/settings" component={Settings} />
          <Route path={profilePath}>{({ name }) => <Profile name={name ?? ''} />}</Route>
          <Route component={NotFound} />
        </Switch>
      </Suspense>
    </ErrorBoundary>
  )
}
