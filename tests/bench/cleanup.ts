/** What is to be done at the end, in whatever way that comes: the latest first. */
export interface Cleanup {
  add(step: () => Promise<unknown>): void
  /** Does all of it, and at once what is added later. */
  run(): Promise<void>
}

export function newCleanup(): Cleanup {
  const steps: (() => Promise<unknown>)[] = []
  let isOver = false
  return {
    add(step) {
      if (isOver) void step()
      else steps.push(step)
    },
    async run() {
      isOver = true
      for (let step = steps.pop(); step !== undefined; step = steps.pop()) await step().catch(() => {})
    },
  }
}
