declare module 'fs-native-extensions' {
  /** Asks the operating system for an exclusive lock on a file; false when another process has it. */
  export function tryLock(fd: number): boolean
}
