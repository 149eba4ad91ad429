/** `/@name`, also where something on the way encoded the at sign. */
export const profilePath = /^\/(?:@|%40)(?<name>[^/]+)\/?$/
