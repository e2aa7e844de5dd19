/** Sources and tables, and what is in one: which rows one sees, columns, ways to other tables, rows. */

import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { visible } from '../../../parts/cell-text.ts'
import { useAnswer } from '../../mcp/use-answer.ts'
import { Icon } from '../../shell/icons.tsx'
import type { PageProps } from '../../shell/page.ts'
import { Empty, ListTitle, Problem, Waiting } from '../../shell/parts.tsx'
import { pathTo } from '../../shell/router.ts'
import { SourceChoice } from '../../shell/source-choice.tsx'
import { type ListedTable, listTables, schemaOf, sourcesOf } from './catalogue.ts'
import { TablePage } from './table.tsx'

/** The only source of a deployment has this name in addresses. */
const ONLY = 'main'

export function DataPage({ tools, path: [first, table] }: PageProps): JSX.Element {
  const sources = sourcesOf(tools)
  const source = sources.length === 0 ? undefined : (sources.find((name) => name === first) ?? sources[0])
  const tables = useAnswer(`tables of ${source}`, () => listTables(source))
  return (
    <div class={table === undefined ? 'data' : 'data with-table'}>
      <section class="tables" aria-label="Tables">
        <ListTitle text="Data" isPage={table === undefined} />
        {sources.length > 1 && <SourceChoice page="data" sources={sources} source={source} />}
        {tables.error !== undefined && <Problem error={tables.error} again={tables.again} />}
        {tables.value === undefined && tables.error === undefined && <Waiting what="Reading the tables…" />}
        {tables.value !== undefined && (
          <TableList tables={tables.value} source={source ?? ONLY} here={table} />
        )}
      </section>
      <section class="table-detail" aria-label={table ?? 'Table'}>
        {table === undefined ? (
          <Empty icon="table" title="Choose a table">
            <p>You see its columns, how it joins with others, and the rows that are yours to see.</p>
          </Empty>
        ) : (
          <TablePage key={`${source} ${table}`} {...{ tools, source, table }} place={source ?? ONLY} />
        )}
      </section>
    </div>
  )
}

interface TableListProps {
  readonly tables: readonly ListedTable[]
  readonly source: string
  readonly here: string | undefined
}

function TableList({ tables, source, here }: TableListProps): JSX.Element {
  const [words, setWords] = useState('')
  const found = tables.filter(({ name, comment }) =>
    `${name} ${comment ?? ''}`.toLowerCase().includes(words.toLowerCase()),
  )
  const schemas = Map.groupBy(found, ({ name }) => schemaOf(name))
  return (
    <>
      <div class="search">
        <Icon name="search" />
        <input
          type="search"
          placeholder="Find a table"
          aria-label="Find a table"
          value={words}
          onInput={({ currentTarget }) => setWords(currentTarget.value)}
        />
      </div>
      {found.length === 0 && (
        <p class="note">No table {words === '' ? 'is yours to read' : 'has this in its name'}.</p>
      )}
      {[...schemas].map(([schema, listed]) => (
        <nav key={schema} aria-label={schema === '' ? 'Tables' : `Schema ${schema}`}>
          {schema !== '' && (
            <h2 class="schema">
              <bdi>{visible(schema)}</bdi>
            </h2>
          )}
          <ul class="table-list">
            {listed.map(({ name, kind, rows }) => (
              <li key={name}>
                <a href={pathTo('data', source, name)} aria-current={name === here ? 'true' : undefined}>
                  <Icon name={kind === 'table' ? 'table' : 'eye'} />
                  <bdi>{visible(schema === '' ? name : name.slice(schema.length + 1))}</bdi>
                  {rows !== undefined && <span class="count">{short(rows)}</span>}
                </a>
              </li>
            ))}
          </ul>
        </nav>
      ))}
    </>
  )
}

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })

function short(count: number): string {
  return compact.format(count)
}
