import { type ReactNode, useId, useLayoutEffect, useRef } from 'react'

export interface AlertDialogProps {
  readonly heading: ReactNode
  /** What it is about, read out with the heading. */
  readonly message: ReactNode
  /** The ways out, and whatever is to be filled in before. */
  readonly children: ReactNode
  onCancel(): void
}

/**
 * Asks before something is done that is hard to undo, for as long as it is on the page.
 *
 * The browser's own dialog keeps the focus inside and gives it back; React Aria's would add a
 * <style> on iOS, against the Content-Security-Policy.
 */
export function AlertDialog({ heading, message, children, onCancel }: AlertDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const headingId = useId()
  const messageId = useId()

  // Closed while it is still on the page: only then does the focus go back to where it was.
  useLayoutEffect(() => {
    const shown = dialog.current
    shown?.showModal()
    return () => shown?.close()
  }, [])

  return (
    <dialog
      ref={dialog}
      className="dialog"
      role="alertdialog"
      aria-labelledby={headingId}
      aria-describedby={messageId}
      onCancel={(event) => {
        event.preventDefault()
        onCancel()
      }}
      onClose={({ currentTarget }) => {
        if (currentTarget.open) return
        // Asked twice, a browser closes it without asking here; whether it goes is not the browser's to say.
        currentTarget.showModal()
        onCancel()
      }}
    >
      <h2 id={headingId}>{heading}</h2>
      <div id={messageId} className="dialog-message">
        {message}
      </div>
      {children}
    </dialog>
  )
}
