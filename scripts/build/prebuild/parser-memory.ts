/**
 * Makes the SQL parser small enough for a Worker. As published it asks for 128 MiB, 32 of them for its stack, and that is
 * all that an isolate may have; the code itself needs a twentieth of it. Only where the stack ends, where the heap begins
 * and how large the memory is are rewritten, and only if the file is laid out as expected.
 */

/** Bytes of a page of WebAssembly memory. */
const PAGE = 65_536

/** As published: data, then the stack, which grows down towards them, then the heap. */
const PUBLISHED_STACK_TOP = 34_515_008
const PUBLISHED_STACK = 33_554_432
const DATA_END = PUBLISHED_STACK_TOP - PUBLISHED_STACK
const PUBLISHED_INITIAL_PAGES = 2_048
const PUBLISHED_MAX_PAGES = 16_384

/**
 * Bytes. The text that takes the most stack of all that were found, at the guard's greatest length and with no other limit,
 * takes a third of it (test/unit/sql-guard/parser-memory.test.ts); past its end lie the parser's tables.
 */
export const STACK = 4_194_304
/** Where the stack lies in the memory: from here, upwards. */
export const STACK_START = DATA_END
const STACK_TOP = DATA_END + STACK

/** 6 MiB: an ordinary query needs no more. */
const INITIAL_PAGES = 96
/** 24 MiB: twice what the largest tree of a text of the guard's greatest length takes. */
const MAX_PAGES = 384

/** The parser's code with the smaller memory. Throws where the code is not the one that this was written for. */
export function shrink(published: Uint8Array): Uint8Array<ArrayBuffer> {
  const code = new Uint8Array(published)
  // The initial stack pointer, in the section of globals: a mutable i32 (7f 01) that begins as this constant (41).
  replace(code, [0x7f, 0x01, 0x41, ...leb(PUBLISHED_STACK_TOP, 4)], [0x7f, 0x01, 0x41, ...leb(STACK_TOP, 4)])
  // The stack's place, as the start-up code notes it down (i32.const).
  replace(code, [0xbf, 0x3a, 0x41, ...leb(PUBLISHED_STACK_TOP, 4)], [0xbf, 0x3a, 0x41, ...leb(STACK_TOP, 4)])
  // Where the allocator's heap begins, among the data.
  replace(code, littleEndian(PUBLISHED_STACK_TOP), littleEndian(STACK_TOP))
  // The section of memories (05): 7 bytes, one memory, with a maximum.
  const memory = (initial: number, max: number) => [0x05, 7, 1, 1, ...leb(initial, 2), ...leb(max, 3)]
  replace(code, memory(PUBLISHED_INITIAL_PAGES, PUBLISHED_MAX_PAGES), memory(INITIAL_PAGES, MAX_PAGES))
  if (INITIAL_PAGES * PAGE <= STACK_TOP) throw new Error('The stack does not fit the memory.')
  return code
}

/** Rewrites the one place where these bytes are. */
function replace(code: Uint8Array, published: readonly number[], own: readonly number[]): void {
  const bytes = Buffer.from(code.buffer, code.byteOffset, code.byteLength)
  const at = bytes.indexOf(Uint8Array.from(published))
  if (at < 0 || bytes.indexOf(Uint8Array.from(published), at + 1) >= 0) {
    throw new Error(
      'libpg-query.wasm is laid out otherwise than scripts/build/prebuild/parser-memory.ts expects: it was made for 18.1.5.',
    )
  }
  code.set(own, at)
}

/** A number in WebAssembly's variable-length encoding, in exactly so many bytes. */
function leb(value: number, bytes: number): number[] {
  return Array.from({ length: bytes }, (_, at) => ((value >> (7 * at)) & 0x7f) | (at < bytes - 1 ? 0x80 : 0))
}

function littleEndian(value: number): number[] {
  return Array.from({ length: 4 }, (_, at) => (value >> (8 * at)) & 0xff)
}
