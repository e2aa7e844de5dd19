/**
 * The MCP App that draws rows as a grid and a chart (ext-apps, revision 2026-01-26). Clients without Apps
 * ignore what points to it.
 */

import type { ResourceProvider } from './resources.ts'

const URI = 'ui://rowgate/result'
const MIME_TYPE = 'text/html;profile=mcp-app'
/** The extension's name in the server's capabilities. */
export const APPS_EXTENSION = 'io.modelcontextprotocol/ui'

/**
 * `_meta` of a tool whose answer the App draws. Always there: in a stateless 2025 request nothing tells what
 * the client can show. The second key is the one from before the specification, which some clients still
 * read.
 */
export const RESULT_APP_META = { ui: { resourceUri: URI }, 'ui/resourceUri': URI } as const

/** `ui://rowgate/result`. */
export function resultApp(html: () => Promise<string>): ResourceProvider {
  return {
    templates: [],
    list: async () => [
      {
        uri: URI,
        name: 'result',
        title: 'Results',
        description: 'Draws the rows of a result as a grid and a chart.',
        mimeType: MIME_TYPE,
      },
    ],
    async read(uri) {
      if (uri !== URI) return undefined
      // No `csp`, so the App gets no network.
      return {
        contents: [{ uri, mimeType: MIME_TYPE, text: await html(), _meta: { ui: { prefersBorder: true } } }],
      }
    },
  }
}
