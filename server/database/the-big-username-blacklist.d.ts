declare module 'the-big-username-blacklist' {
  const blacklist: { readonly list: readonly string[] }
  export default blacklist
}
