/** How long an answer may take where nobody says: longer than a service waits for its database. */
export const usuallyMs = 15_000

/** A timer that is set to more ends at once. */
const longestMs = 2 ** 31 - 1

/** A fetch as tRPC calls it. */
type Send = (
  input: RequestInfo | URL | string,
  init?: { readonly signal?: AbortSignal | null | undefined },
) => Promise<Response>

/**
 * A fetch that fails where no answer comes in time, so that nothing is on its way for ever: its head,
 * and what of it is read as JSON, unless it is a stream.
 *
 * @param ms how long that is; 0, or more than timers can count, for no limit
 */
export function inTime(send: Send, ms: number, { stream }: { readonly stream: boolean }): Send {
  if (!(ms > 0 && ms <= longestMs)) return send
  return async (input, init) => {
    const { signal, late, stop } = startTimer(ms, init?.signal)
    try {
      const answer = await Promise.race([send(input, { ...init, signal }), late])
      if (stream && answer.ok) {
        stop()
        return answer
      }
      const json = answer.json.bind(answer)
      return Object.assign(answer, { json: () => Promise.race([json(), late]).finally(stop) })
    } catch (error) {
      stop()
      throw error
    }
  }
}

/** `AbortSignal.any` and `AbortSignal.timeout` are missing in React Native. */
function startTimer(ms: number, callers: AbortSignal | null | undefined) {
  const either = new AbortController()
  const abort = () => either.abort(callers?.reason)
  callers?.addEventListener('abort', abort)
  if (callers?.aborted) abort()
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new Error(`There was no answer within ${ms} ms`)
      reject(error)
      either.abort(error)
    }, ms)
  })
  return { signal: either.signal, late, stop: () => clearTimeout(timer) }
}
