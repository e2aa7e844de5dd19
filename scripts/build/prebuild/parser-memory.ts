/**
 * Shrinks the SQL parser's memory for a Worker. As published it reserves 128 MiB (32 of them stack), which is
 * an isolate's whole memory; the code needs a twentieth of that. Rewrites only the end of the stack, the
 * start of the heap and the memory's size, and only if the file has the expected layout.
 */

/** Size of a WebAssembly memory page, in bytes. */
const PAGE = 65_536

/** The published layout: data, then the stack (which grows down towards the data), then the heap. */
const PUBLISHED_STACK_TOP = 34_515_008
const PUBLISHED_STACK = 33_554_432
const DATA_END = PUBLISHED_STACK_TOP - PUBLISHED_STACK
const PUBLISHED_INITIAL_PAGES = 2_048
const PUBLISHED_MAX_PAGES = 16_384

/**
 * Bytes. Of all texts found, of the guard's greatest length and with no other limit, the worst takes a third
 * of it (test/unit/sql-guard/parser-memory.test.ts). A stack overflow would overwrite the parser's tables.
 */
export const STACK = 4_194_304
/** The stack's lowest address. */
export const STACK_START = DATA_END
const STACK_TOP = DATA_END + STACK

/** 6 MiB, enough for an ordinary query. */
const INITIAL_PAGES = 96
/** 24 MiB: twice the largest syntax tree of a text of the guard's greatest length. */
const MAX_PAGES = 384

/** Gives the parser's code with the smaller memory. Throws if the code is another version than expected. */
export function shrink(published: Uint8Array): Uint8Array<ArrayBuffer> {
  const code = new Uint8Array(published)
  // Global section: the stack pointer is a mutable i32 (7f 01), initialised by i32.const (41).
  replace(code, [0x7f, 0x01, 0x41, ...leb(PUBLISHED_STACK_TOP, 4)], [0x7f, 0x01, 0x41, ...leb(STACK_TOP, 4)])
  // The start-up code stores the stack's address (i32.const).
  replace(code, [0xbf, 0x3a, 0x41, ...leb(PUBLISHED_STACK_TOP, 4)], [0xbf, 0x3a, 0x41, ...leb(STACK_TOP, 4)])
  // The address where the allocator's heap begins, in the data section.
  replace(code, littleEndian(PUBLISHED_STACK_TOP), littleEndian(STACK_TOP))
  // Memory section (05): 7 bytes, one memory, with a maximum.
  const memory = (initial: number, max: number) => [0x05, 7, 1, 1, ...leb(initial, 2), ...leb(max, 3)]
  replace(code, memory(PUBLISHED_INITIAL_PAGES, PUBLISHED_MAX_PAGES), memory(INITIAL_PAGES, MAX_PAGES))
  if (INITIAL_PAGES * PAGE <= STACK_TOP) throw new Error('The stack does not fit the memory.')
  return code
}

/** Throws unless these bytes occur exactly once. */
function replace(code: Uint8Array, published: readonly number[], own: readonly number[]): void {
  const bytes = Buffer.from(code.buffer, code.byteOffset, code.byteLength)
  const at = bytes.indexOf(Uint8Array.from(published))
  if (at < 0 || bytes.indexOf(Uint8Array.from(published), at + 1) >= 0) {
    throw new Error(
      'libpg-query.wasm does not have the layout of version 18.1.5, which scripts/build/prebuild/parser-memory.ts expects.',
    )
  }
  code.set(own, at)
}

/** LEB128, WebAssembly's variable-length encoding, padded to exactly `bytes`. */
function leb(value: number, bytes: number): number[] {
  return Array.from({ length: bytes }, (_, at) => ((value >> (7 * at)) & 0x7f) | (at < bytes - 1 ? 0x80 : 0))
}

function littleEndian(value: number): number[] {
  return Array.from({ length: 4 }, (_, at) => (value >> (8 * at)) & 0xff)
}
