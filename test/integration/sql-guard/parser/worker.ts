/** A Worker that parses what it is sent and tells how much memory the parser has then. */

import { parse } from '../../../../src/sql-guard/parser/parse.ts'

const RealInstance = WebAssembly.Instance
let memory: WebAssembly.Memory | undefined

WebAssembly.Instance = class extends RealInstance {
  constructor(module: WebAssembly.Module, imports?: WebAssembly.Imports) {
    super(module, imports)
    for (const value of Object.values(this.exports)) if (value instanceof WebAssembly.Memory) memory = value
  }
}

export default {
  async fetch(request: Request): Promise<Response> {
    const { ok } = await parse(await request.text())
    return Response.json({ ok, bytes: memory?.buffer.byteLength })
  },
}
