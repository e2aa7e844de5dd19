/** wrangler's rule for `.bin` imports: the file's bytes. */

declare module '*.bin' {
  const bytes: ArrayBuffer
  export default bytes
}
