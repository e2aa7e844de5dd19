/** A client of MCP Apps in a browser's page: ext-apps' own host parts, and a record of what the App asked. */

import type { CallToolResult } from '@modelcontextprotocol/client'
import type { McpUiHostContext } from '@modelcontextprotocol/ext-apps'
import { AppBridge, PostMessageTransport } from '@modelcontextprotocol/ext-apps/app-bridge'

export interface Shown {
  readonly html: string
  readonly result: CallToolResult
  readonly input: Record<string, unknown>
  /** Answers of the further calls, by cursor. */
  readonly pages: Readonly<Record<string, CallToolResult>>
  readonly context: McpUiHostContext
}

/** Requests of the App to its client, in order. */
export interface Asked {
  readonly method: string
  readonly params: unknown
}

declare global {
  interface Window {
    showApp(shown: Shown): Promise<void>
    changeContext(context: McpUiHostContext): void
    asked: Asked[]
  }
}

const CAPABILITIES = { serverTools: {}, downloadFile: {}, updateModelContext: { text: {} } }
/** As the specification's reference host frames an App that asks for nothing. */
const NO_NETWORK =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; connect-src 'none'"

window.asked = []

window.showApp = async ({ html, result, input, pages, context }) => {
  const frame = document.createElement('iframe')
  frame.sandbox.add('allow-scripts')
  frame.style.cssText = 'width:100%;border:0;height:400px'
  document.body.append(frame)
  const { contentWindow } = frame
  if (contentWindow === null) throw new Error('The frame has no window.')
  const bridge = new AppBridge(null, { name: 'test-host', version: '1' }, CAPABILITIES, {
    hostContext: context,
  })
  const note = (method: string, params: unknown) => window.asked.push({ method, params })
  bridge.onsizechange = ({ height }) => {
    if (height !== undefined) frame.style.height = `${height}px`
  }
  bridge.oncalltool = async (params) => {
    note('tools/call', params)
    return pages[String(params.arguments?.cursor)] ?? { content: [], isError: true }
  }
  bridge.ondownloadfile = async (params) => {
    note('ui/download-file', params)
    return {}
  }
  bridge.onupdatemodelcontext = async (params) => {
    note('ui/update-model-context', params)
    return {}
  }
  bridge.onrequestdisplaymode = async ({ mode }) => {
    note('ui/request-display-mode', mode)
    bridge.setHostContext({ ...context, displayMode: mode })
    return { mode }
  }
  const ready = new Promise<void>((resolve) => {
    bridge.oninitialized = () => resolve()
  })
  window.changeContext = (changed) => bridge.setHostContext({ ...context, ...changed })
  await bridge.connect(new PostMessageTransport(contentWindow, contentWindow))
  frame.srcdoc = html.replace(
    '<head>',
    `<head><meta http-equiv="Content-Security-Policy" content="${NO_NETWORK}">`,
  )
  await ready
  await bridge.sendToolInput({ arguments: input })
  await bridge.sendToolResult(result)
}
