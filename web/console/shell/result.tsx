/** Rows as a table. */

import type { JSX } from 'preact'
import type { Json } from '../../parts/answer.ts'
import { shownText } from '../../parts/cell-text.ts'
import { ScrollArea } from './parts.tsx'

export interface Rows {
  readonly columns: readonly string[]
  readonly types?: readonly string[]
  readonly rows: readonly (readonly unknown[])[]
}

export function isRows(value: unknown): value is Rows {
  if (typeof value !== 'object' || value === null) return false
  const { columns, rows } = value as Partial<Rows>
  return Array.isArray(columns) && Array.isArray(rows)
}

export function RowsTable({ value, label }: { readonly value: Rows; readonly label: string }): JSX.Element {
  return (
    <ScrollArea class="scroll" label={label}>
      <table class="plain">
        <thead>
          <tr>
            {value.columns.map((name, at) => (
              <th scope="col" key={`${at} ${name}`}>
                <bdi>{shownText(name)}</bdi> <small>{value.types?.[at]}</small>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {value.rows.map((row, line) => (
            <tr key={line}>
              {value.columns.map((name, at) => (
                <td key={`${at} ${name}`} class={typeof row[at] === 'number' ? 'number' : undefined}>
                  <bdi>{textOf(row[at])}</bdi>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollArea>
  )
}

function textOf(value: unknown): string {
  // Rows are JSON.
  return value === null || value === undefined ? '–' : shownText(value as Json)
}
