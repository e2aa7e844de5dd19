/** The tools that the login may call, each as a form. */

import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { isReading, type Tool } from '../../mcp/client.ts'
import { Icon } from '../../shell/icons.tsx'
import type { PageProps } from '../../shell/page.ts'
import { Empty, ListTitle } from '../../shell/parts.tsx'
import { pathTo } from '../../shell/router.ts'
import { MoreScopes } from './more-scopes.tsx'
import { ToolForm } from './tool-form.tsx'

export function ToolsPage({ tools, path: [name], session }: PageProps): JSX.Element {
  const tool = tools.find((each) => each.name === name)
  return (
    <div class={tool === undefined ? 'data' : 'data with-table'}>
      <section class="tables" aria-label="Tools">
        <ListTitle text="Tools" isPage={tool === undefined} />
        <ToolList tools={tools} here={name} />
        <MoreScopes session={session} />
      </section>
      <section class="table-detail" aria-label={tool?.title ?? 'Tool'}>
        {tool === undefined ? (
          <Empty icon="tools" title="Choose a tool">
            <p>
              Each is a form here. What you send is what an agent would send, and it is answered the same.
            </p>
          </Empty>
        ) : (
          <ToolForm key={tool.name} tool={tool} readOnly={session.readOnly} />
        )}
      </section>
    </div>
  )
}

function ToolList({ tools, here }: { readonly tools: readonly Tool[]; readonly here: string | undefined }) {
  const [words, setWords] = useState('')
  const found = tools.filter(({ name, title, description }) =>
    `${name} ${title} ${description}`.toLowerCase().includes(words.toLowerCase()),
  )
  const groups = [
    ['Reads', found.filter(isReading)],
    ['Changes', found.filter((tool) => !isReading(tool))],
  ] as const
  return (
    <>
      <div class="search">
        <Icon name="search" />
        <input
          type="search"
          placeholder="Find a tool"
          aria-label="Find a tool"
          value={words}
          onInput={({ currentTarget }) => setWords(currentTarget.value)}
        />
      </div>
      {found.length === 0 && <p class="note">No tool has this in its name or description.</p>}
      {groups.map(
        ([label, listed]) =>
          listed.length > 0 && (
            <nav key={label} aria-label={label}>
              <h2 class="schema">{label}</h2>
              <ul class="table-list">
                {listed.map(({ name, title }) => (
                  <li key={name}>
                    <a href={pathTo('tools', name)} aria-current={name === here ? 'true' : undefined}>
                      <span class="two-lines">
                        {title ?? name}
                        <code>{name}</code>
                      </span>
                    </a>
                  </li>
                ))}
              </ul>
            </nav>
          ),
      )}
    </>
  )
}
