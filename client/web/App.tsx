import { QueryClientProvider } from '@tanstack/react-query'
import { useState } from 'react'
import { createDibsClient } from '../index.ts'
import { DibsProvider } from '../react.ts'
import { ClaimProvider } from './claim/claim-context.tsx'
import { ProfileDraftProvider } from './profile/draft-context.tsx'
import { createQueryClient } from './query-client.ts'
import { Routes } from './Routes.tsx'
import { personShown } from './session/person-shown.ts'
import { SomebodyElse } from './session/SomebodyElse.tsx'
import { Header } from './ui/Header.tsx'
import { NoticeProvider } from './ui/notice.tsx'

/** Everything on the page, and what all of it shares. */
export function App() {
  const [queries] = useState(createQueryClient)
  const [client] = useState(() => createDibsClient({ url: '', person: personShown }))
  return (
    <QueryClientProvider client={queries}>
      <DibsProvider trpcClient={client} queryClient={queries}>
        <NoticeProvider>
          <ClaimProvider>
            <ProfileDraftProvider>
              <a className="skip-link" href="#content">
                Skip to content
              </a>
              <SomebodyElse />
              <Header />
              <main id="content" tabIndex={-1}>
                <Routes />
              </main>
              <footer className="footer">
                <p>Dibs. A username belongs to exactly one person.</p>
              </footer>
            </ProfileDraftProvider>
          </ClaimProvider>
        </NoticeProvider>
      </DibsProvider>
    </QueryClientProvider>
  )
}
