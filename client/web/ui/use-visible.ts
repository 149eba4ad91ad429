import { useSyncExternalStore } from 'react'

/** Whether the page shows: it does not in a tab behind another one. */
export function useVisible(): boolean {
  return useSyncExternalStore(subscribe, isVisible)
}

function subscribe(changed: () => void): () => void {
  document.addEventListener('visibilitychange', changed)
  return () => document.removeEventListener('visibilitychange', changed)
}

function isVisible(): boolean {
  return document.visibilityState === 'visible'
}
