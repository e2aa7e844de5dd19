/** Connects each client to this deployment: a link that it opens, a line, or where to click. */

export interface Way {
  readonly client: string
  readonly link?: { readonly label: string; readonly url: string }
  readonly line?: string
  readonly steps?: string
  /** The client's makers reach this deployment from their own servers. */
  readonly needsInternet?: boolean
}

const NAME = 'rowgate'

export function waysTo(url: string): readonly Way[] {
  return [
    {
      client: 'Claude Code',
      line: `claude mcp add --transport http ${NAME} '${url}'`,
      steps: 'Then /mcp in a session logs you in.',
    },
    {
      client: 'Claude',
      link: { label: 'Open the connectors', url: 'https://claude.ai/settings/connectors' },
      line: url,
      steps: 'Add custom connector, and paste the URL. The web, the desktop and the phone share it.',
      needsInternet: true,
    },
    {
      client: 'ChatGPT',
      link: { label: 'Open the connectors', url: 'https://chatgpt.com/#settings/Connectors' },
      line: url,
      steps: 'In developer mode: Create, paste the URL, authentication OAuth.',
      needsInternet: true,
    },
    {
      client: 'Cursor',
      link: {
        label: 'Add to Cursor',
        url: `cursor://anysphere.cursor-deeplink/mcp/install?name=${NAME}&config=${encodeURIComponent(btoa(JSON.stringify({ url })))}`,
      },
      line: JSON.stringify({ mcpServers: { [NAME]: { url } } }),
      steps: 'Or the line in ~/.cursor/mcp.json; Windsurf and others take the same.',
    },
    {
      client: 'VS Code',
      link: {
        label: 'Add to VS Code',
        url: `vscode:mcp/install?${encodeURIComponent(JSON.stringify({ name: NAME, type: 'http', url }))}`,
      },
      line: `code --add-mcp '${JSON.stringify({ name: NAME, type: 'http', url })}'`,
    },
    {
      client: 'Goose',
      link: {
        label: 'Add to Goose',
        url: `goose://extension?${new URLSearchParams({ url, type: 'streamable_http', id: NAME, name: 'Rowgate', description: 'Databases' })}`,
      },
      line: `goose session --with-streamable-http-extension '${url}'`,
    },
    {
      client: 'Codex',
      line: `codex mcp add ${NAME} --url '${url}' && codex mcp login ${NAME}`,
    },
    {
      client: 'MCP Inspector',
      line: `npx @modelcontextprotocol/inspector --cli '${url}' --method tools/list`,
    },
    {
      client: 'A client that speaks stdio alone',
      line: `npx mcp-remote '${url}'`,
    },
  ]
}
