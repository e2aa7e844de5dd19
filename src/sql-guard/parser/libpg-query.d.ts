/** Types of the parts of libpg-query that we load ourselves; the package ships none for them. */

declare module 'libpg-query/wasm/libpg-query.js' {
  /** Emscripten's view of the parser's memory. Pointers are byte offsets into it. */
  export interface ParserInstance {
    _malloc(bytes: number): number
    _free(pointer: number): void
    /** Returns a pointer to `{ char *tree; char *stderr; PgQueryError *error }`. */
    _wasm_parse_query_raw(text: number): number
    _wasm_free_parse_result(result: number): void
    lengthBytesUTF8(text: string): number
    stringToUTF8(text: string, pointer: number, capacity: number): void
    UTF8ToString(pointer: number): string
    getValue(pointer: number, type: 'i32'): number
  }

  interface ParserOptions {
    instantiateWasm(
      imports: WebAssembly.Imports,
      loaded: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
    ): WebAssembly.Exports
  }

  export default function createParser(options: ParserOptions): Promise<ParserInstance>
}
