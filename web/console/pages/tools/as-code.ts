/** A call written as a command and as code. The token stands there by name alone. */

export interface Call {
  readonly url: string
  readonly tool: string
  readonly arguments: Readonly<Record<string, unknown>>
}

export function asCurl({ url, tool, arguments: given }: Call): string {
  const body = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: tool, arguments: given } }
  return [
    `curl -s ${quoted(url)}`,
    '-H "Authorization: Bearer $TOKEN"',
    "-H 'Content-Type: application/json'",
    "-H 'Accept: application/json, text/event-stream'",
    `-d ${quoted(JSON.stringify(body))}`,
  ].join(' \\\n  ')
}

/** For a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

export function asTypeScript({ url, tool, arguments: given }: Call): string {
  return `import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'

const client = new Client({ name: 'mine', version: '1.0.0' })
const requestInit = { headers: { Authorization: \`Bearer \${process.env.TOKEN}\` } }
await client.connect(new StreamableHTTPClientTransport(new URL(${literal(url)}), { requestInit }))
const result = await client.callTool({
  name: ${literal(tool)},
  arguments: ${JSON.stringify(given, null, 2).replaceAll('\n', '\n  ')},
})
console.log(result.structuredContent)`
}

export function asPython({ url, tool, arguments: given }: Call): string {
  return `import asyncio, json, os
from mcp import ClientSession
from mcp.client.streamable_http import streamablehttp_client

arguments = json.loads(${JSON.stringify(JSON.stringify(given))})

async def main():
    headers = {"Authorization": f"Bearer {os.environ['TOKEN']}"}
    async with streamablehttp_client(${JSON.stringify(url)}, headers=headers) as (read, write, _):
        async with ClientSession(read, write) as session:
            await session.initialize()
            print(await session.call_tool(${JSON.stringify(tool)}, arguments))

asyncio.run(main())`
}

function literal(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
