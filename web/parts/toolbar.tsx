/** The toolbar above a result: grid or chart, filter, counts, copy, exports, more. */

import { useState } from 'preact/hooks'
import type { Json, Table } from './answer.ts'
import { CopyButton } from './copy-button.tsx'
import type { Shown } from './result-view.tsx'
import type { SavedFile } from './save-file.ts'
import { numberOf } from './sort.ts'

interface ToolbarProps {
  readonly shown: Shown
  onShow(shown: Shown): void
  readonly filter: string
  onFilter(filter: string): void
  readonly counts: { readonly kept: number; readonly rows: number; readonly truncated: boolean }
  readonly selected: Pick<Table, 'columns' | 'rows'> | undefined
  copied(): string
  onExport(type: SavedFile['type']): void
  readonly onMore: (() => Promise<void>) | undefined
}

const SHOWN = [
  ['grid', 'Grid'],
  ['chart', 'Chart'],
] as const

export function Toolbar({
  shown,
  onShow,
  filter,
  onFilter,
  counts,
  selected,
  copied,
  onExport,
  onMore,
}: ToolbarProps) {
  return (
    <div class="rg-toolbar" role="toolbar" aria-label="Result">
      <div class="rg-switch">
        {SHOWN.map(([name, label]) => (
          <button
            key={name}
            type="button"
            class="rg-button"
            aria-pressed={shown === name}
            onClick={() => onShow(name)}
          >
            {label}
          </button>
        ))}
      </div>
      <input
        class="rg-filter"
        type="search"
        placeholder="Filter rows"
        aria-label="Filter rows"
        title="Words anywhere, or column:word, column>5, column<=2024-01-31"
        value={filter}
        onInput={(event) => onFilter(event.currentTarget.value)}
      />
      <p class="rg-counts" role="status">
        {selected === undefined ? countsText(counts) : selectedText(selected)}
      </p>
      <div class="rg-actions">
        {onMore === undefined ? null : <More onMore={onMore} />}
        <CopyButton text={copied} title="Copies what is selected, or all rows (Ctrl+C, ⌘C)" />
        <button type="button" class="rg-button" title="Save as CSV" onClick={() => onExport('text/csv')}>
          CSV
        </button>
        <button
          type="button"
          class="rg-button"
          title="Save as JSON"
          onClick={() => onExport('application/json')}
        >
          JSON
        </button>
      </div>
    </div>
  )
}

function More({ onMore }: { onMore(): Promise<void> }) {
  const [isLoading, setLoading] = useState(false)
  const load = async () => {
    setLoading(true)
    await onMore().finally(() => setLoading(false))
  }
  return (
    <button type="button" class="rg-button rg-primary" disabled={isLoading} onClick={() => void load()}>
      {isLoading ? 'Loading…' : 'More rows'}
    </button>
  )
}

function countsText({ kept, rows, truncated }: ToolbarProps['counts']): string {
  const all = `${rows.toLocaleString()} ${rows === 1 ? 'row' : 'rows'}`
  const shown = kept === rows ? all : `${kept.toLocaleString()} of ${all}`
  return truncated ? `${shown}, and there are more` : shown
}

/** As a spreadsheet says it: how many, and of numbers their sum and mean. */
function selectedText({ columns, rows }: Pick<Table, 'columns' | 'rows'>): string {
  const cells = rows.length * columns.length
  const size = `${cells.toLocaleString()} ${cells === 1 ? 'cell' : 'cells'}`
  const numbers = rows.flatMap((row) =>
    row.filter((value, at) => isNumber(value, columns[at]?.kind)).map(numberOf),
  )
  if (numbers.length < 2) return size
  const sum = numbers.reduce((total, value) => total + value, 0)
  const shown = (value: number) => value.toLocaleString(undefined, { maximumFractionDigits: 4 })
  return `${size}, sum ${shown(sum)}, mean ${shown(sum / numbers.length)}`
}

function isNumber(value: Json, kind: string | undefined): boolean {
  return value !== null && kind === 'number' && Number.isFinite(numberOf(value))
}
