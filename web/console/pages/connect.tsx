/** The lines and links that connect an agent to this deployment. */

import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { Icon } from '../shell/icons.tsx'
import { CopyButton, PageHeader, Snippet, Switch } from '../shell/parts.tsx'
import { waysTo } from './clients.ts'

const LOOPBACK = /^(?:localhost|127\.0\.0\.1|\[::1\])$/

export function ConnectPage(): JSX.Element {
  const [readOnly, setReadOnly] = useState(false)
  const url = `${location.origin}/mcp${readOnly ? '?read_only=true' : ''}`
  const isLocal = LOOPBACK.test(location.hostname)
  return (
    <div class="page">
      <PageHeader
        title="Connect an agent"
        about="The client opens a login, on which you choose what it may do. No token is pasted."
      />
      <div class="endpoint">
        <code>{url}</code>
        <CopyButton text={url} label="Copy the URL" />
      </div>
      <Switch
        label="Read only"
        about="The agent sees no tool that changes a row."
        checked={readOnly}
        change={setReadOnly}
      />
      <ul class="cards wide">
        {waysTo(url).map(({ client, link, line, steps, needsInternet }) => (
          <li key={client} class="card-item">
            <h2>{client}</h2>
            {link !== undefined && (
              <a
                class="button"
                href={link.url}
                rel="noreferrer"
                target={link.url.startsWith('https:') ? '_blank' : undefined}
              >
                <Icon name="link" /> {link.label}
              </a>
            )}
            {line !== undefined && <Snippet label={line === url ? 'URL' : 'Line'} text={line} />}
            {steps !== undefined && <p class="note">{steps}</p>}
            {needsInternet && isLocal && (
              <p class="note warn-text">
                <Icon name="warning" /> It calls from its own servers, so this address on your computer is out
                of its reach.
              </p>
            )}
          </li>
        ))}
      </ul>
    </div>
  )
}
