import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { Button } from 'react-aria-components/Button'
import { Menu, MenuItem, MenuTrigger } from 'react-aria-components/Menu'
import { Popover } from 'react-aria-components/Popover'
import { useLocation } from 'wouter'
import { useProfileDraft } from '../profile/draft-context.tsx'
import { UnsavedDialog } from '../profile/UnsavedDialog.tsx'
import { useSignOut } from '../session/sign-out.ts'
import { Avatar } from './Avatar.tsx'
import { handFocusOn } from './hand-focus-on.ts'
import { Icon } from './Icon.tsx'

/** Where whoever is signed in can go. */
export function AccountMenu({ username, name }: { username: string | null; name: string }) {
  const [, navigate] = useLocation()
  const signOut = useSignOut()
  const { draft } = useProfileDraft()
  const [isAsking, setAsking] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  useLayoutEffect(() => handFocusOn(button.current), [])

  // Where the focus was when it was asked, in the menu, there is nothing by then.
  useEffect(() => (isAsking ? () => button.current?.focus() : undefined), [isAsking])
  const shown = username === null ? name : `@${username}`

  function leave() {
    setAsking(false)
    void signOut()
  }

  return (
    <>
      <MenuTrigger>
        <Button ref={button} className="account-button" aria-label={`Account of ${shown}`}>
          <Avatar name={username ?? name} />
          <span className="account-name" dir="auto">
            {shown}
          </span>
          <Icon name="chevron" />
        </Button>
        {/* Modal, it would add a <style> on iOS, against the Content-Security-Policy. */}
        <Popover className="popover" placement="bottom end" isNonModal>
          <Menu className="menu">
            {username !== null && (
              <MenuItem className="menu-item" onAction={() => navigate(`/@${username}`)}>
                Your profile
              </MenuItem>
            )}
            {username === null && (
              <MenuItem className="menu-item" onAction={() => navigate('/')}>
                Claim a username
              </MenuItem>
            )}
            <MenuItem className="menu-item" onAction={() => navigate('/settings')}>
              Settings
            </MenuItem>
            <MenuItem className="menu-item" onAction={() => (draft === null ? leave() : setAsking(true))}>
              Sign out
            </MenuItem>
          </Menu>
        </Popover>
      </MenuTrigger>
      {isAsking && <UnsavedDialog onSignOut={leave} onClose={() => setAsking(false)} />}
    </>
  )
}
