/** One table: which rows one sees, its rows, its columns, the ways to other tables. */

import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { visible } from '../../../parts/cell-text.ts'
import type { Tool } from '../../mcp/client.ts'
import { useAnswer } from '../../mcp/use-answer.ts'
import { Icon } from '../../shell/icons.tsx'
import { Problem, ScrollArea, Tabs, Waiting } from '../../shell/parts.tsx'
import { pathTo } from '../../shell/router.ts'
import {
  describeTable,
  type JoinPath,
  joinPaths,
  joinsFrom,
  otherKeys,
  primaryKey,
  type TableDescription,
} from './catalogue.ts'
import { TableRows } from './rows.tsx'

interface TablePageProps {
  readonly tools: readonly Tool[]
  readonly source: string | undefined
  /** The source's name in addresses. */
  readonly place: string
  readonly table: string
}

const TABS = [
  ['rows', 'Rows'],
  ['columns', 'Columns'],
  ['joins', 'Joins and keys'],
] as const

export function TablePage({ tools, source, place, table }: TablePageProps): JSX.Element {
  const described = useAnswer(`${source} ${table}`, () => describeTable(source, table))
  const [tab, setTab] = useState<(typeof TABS)[number][0]>('rows')
  const description = described.value
  return (
    <>
      <a class="back" href={pathTo('data', place)}>
        <Icon name="back" /> All tables
      </a>
      <header class="table-header">
        <h1>
          <bdi>{visible(table)}</bdi>
        </h1>
        {description?.comment && <p class="about">{visible(description.comment)}</p>}
      </header>
      {described.error !== undefined && <Problem error={described.error} again={described.again} />}
      {description === undefined && described.error === undefined && <Waiting what="Reading the table…" />}
      {description !== undefined && (
        <>
          <RowsSeen policies={description.policies} />
          <Tabs label="Of this table" tabs={TABS} chosen={tab} choose={setTab} />
          <div role="tabpanel" aria-label={TABS.find(([name]) => name === tab)?.[1]}>
            {tab === 'rows' && <TableRows {...{ tools, source }} table={description} />}
            {tab === 'columns' && <Columns table={description} />}
            {tab === 'joins' && <Joins table={description} place={place} />}
          </div>
        </>
      )}
    </>
  )
}

function RowsSeen({ policies }: { readonly policies: readonly string[] }): JSX.Element {
  return (
    <div class="callout">
      <Icon name="eye" />
      <div>
        {policies.length === 0 && <p>Every caller who may read this table sees all of its rows.</p>}
        {policies.map((policy) => (
          <p key={policy}>
            <Words text={policy} />
          </p>
        ))}
      </div>
    </div>
  )
}

/** A sentence of the server's, in which names stand between backticks. */
function Words({ text }: { readonly text: string }): JSX.Element {
  const parts = visible(text).split('`')
  return (
    <>{parts.map((part, index) => (index % 2 === 1 ? <code key={`${index} ${part}`}>{part}</code> : part))}</>
  )
}

function Columns({ table }: { readonly table: TableDescription }): JSX.Element {
  const keys = new Set(primaryKey(table))
  const leads = new Map(joinPaths(table).map(({ columns, table: to }) => [columns, to]))
  return (
    <ScrollArea class="scroll" label="Columns">
      <table class="plain">
        <thead>
          <tr>
            <th scope="col">Column</th>
            <th scope="col">Type</th>
            <th scope="col">Default</th>
            <th scope="col">About</th>
          </tr>
        </thead>
        <tbody>
          {table.columns.map(({ name, type, nullable, default: value, comment }) => (
            <tr key={name}>
              <th scope="row">
                <bdi>{visible(name)}</bdi>
                {keys.has(name) && (
                  <span class="badge" title="Primary key">
                    <Icon name="key" />
                    key
                  </span>
                )}
                {leads.has(name) && (
                  <span class="badge" title={`Leads to ${leads.get(name)}`}>
                    <Icon name="link" />
                    {visible(leads.get(name) ?? '')}
                  </span>
                )}
              </th>
              <td>
                <code>{type}</code>
                {nullable && <span class="dim"> or null</span>}
              </td>
              <td>{value !== null && <code>{visible(value)}</code>}</td>
              <td class="words">{comment !== null && <Words text={comment} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollArea>
  )
}

function Joins({ table, place }: { readonly table: TableDescription; readonly place: string }): JSX.Element {
  const [leads, led] = [joinPaths(table), joinsFrom(table)]
  return (
    <div class="joins">
      <h2>Leads to</h2>
      {leads.length === 0 && <p class="note">No foreign key leads from this table to another.</p>}
      <JoinList joins={leads} place={place} word="leads to" arrow="→" />
      {led.length > 0 && <h2>Is led to from</h2>}
      <JoinList joins={led} place={place} word="is led to from" arrow="←" />
      <Listed title="Keys and checks" lines={otherKeys(table)} />
      <Listed title="Indexes" lines={table.indexes} />
    </div>
  )
}

interface JoinListProps {
  readonly joins: readonly JoinPath[]
  readonly place: string
  readonly word: string
  readonly arrow: string
}

function JoinList({ joins, place, word, arrow }: JoinListProps): JSX.Element {
  return (
    <ul class="join-list">
      {joins.map(({ columns, table, to }) => (
        <li key={`${columns} ${table}`}>
          <code>{visible(columns)}</code>
          <span aria-hidden="true">{arrow}</span>
          <span class="visually-hidden">{word}</span>
          <a href={pathTo('data', place, table)}>
            <bdi>{visible(table)}</bdi>
          </a>
          <code>{visible(to)}</code>
        </li>
      ))}
    </ul>
  )
}

function Listed({ title, lines }: { readonly title: string; readonly lines: readonly string[] }) {
  if (lines.length === 0) return null
  return (
    <>
      <h2>{title}</h2>
      <ul class="code-list">
        {lines.map((line) => (
          <li key={line}>
            <code>{visible(line)}</code>
          </li>
        ))}
      </ul>
    </>
  )
}
