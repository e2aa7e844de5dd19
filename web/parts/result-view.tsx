/** A table with what is done with one: grid, chart, filter, order, selection, copy, export, more rows. */

import { useMemo, useState } from 'preact/hooks'
import type { Row, Table } from './answer.ts'
import { CellView } from './cell-view.tsx'
import { ChartView } from './chart.tsx'
import { csvOf, tsvOf } from './csv.ts'
import { filtered } from './filter.ts'
import { Grid } from './grid.tsx'
import { bounds, type Place, type Selection } from './grid-window.ts'
import { jsonOf } from './json-export.ts'
import { fileName, type SavedFile, saveFile } from './save-file.ts'
import { type Sort, sorted } from './sort.ts'
import { Toolbar } from './toolbar.tsx'

export interface ResultProps {
  /** A name for the rows, for screen readers and files. */
  readonly label: string
  readonly table: Table
  /** Fetches the next page into `table`; absent where there is none. */
  readonly onMore?: (() => Promise<void>) | undefined
  /** Saves a file; without it, the browser does. */
  readonly save?: ((file: SavedFile) => void) | undefined
  /** Told of the cells that are selected, as a table of their own. */
  readonly onSelected?: ((selected: Pick<Table, 'columns' | 'rows'> | undefined) => void) | undefined
}

export type Shown = 'grid' | 'chart'

export function ResultView({ label, table, onMore, save = saveFile, onSelected }: ResultProps) {
  const [shown, setShown] = useState<Shown>('grid')
  const arranged = useArranged(table, onSelected)
  const { order, ordered, selection } = arranged
  const exported = (type: SavedFile['type']) =>
    type === 'text/csv'
      ? save({ name: fileName(label, 'csv'), type, text: csvOf(table, ordered.rows) })
      : save({ name: fileName(label, 'json'), type, text: jsonOf(table, ordered.rows) })
  const copied = () =>
    tsvOf(selection === undefined ? [namesOf(table), ...ordered.rows] : cellsOf(ordered, selection).rows)
  return (
    <section class="rg-result" aria-label={`Rows of ${label}`}>
      <Toolbar
        shown={shown}
        onShow={setShown}
        filter={arranged.filter}
        onFilter={arranged.onFilter}
        counts={{ kept: order.length, rows: table.rows.length, truncated: table.truncated }}
        selected={shown === 'chart' ? undefined : selection && cellsOf(ordered, selection)}
        copied={copied}
        onExport={exported}
        onMore={onMore}
      />
      {table.notice === undefined ? null : <p class="rg-note rg-notice">{table.notice}</p>}
      {shown === 'chart' ? (
        <ChartView table={ordered} />
      ) : (
        <Cells label={label} table={table} arranged={arranged} copied={copied} />
      )}
    </section>
  )
}

interface CellsProps {
  readonly label: string
  readonly table: Table
  readonly arranged: Arranged
  /** The selection as text. */
  copied(): string
}

/** The grid, and below it the cell that is open. */
function Cells({ label, table, arranged, copied }: CellsProps) {
  const { order, ordered, sort, onSort, selection, onSelect, opened, open } = arranged
  return (
    <>
      <Grid
        label={label}
        table={table}
        order={order}
        sort={sort}
        onSort={onSort}
        selection={selection}
        onSelect={onSelect}
        onOpen={open}
        onCopy={(event) => {
          if (selection === undefined) return
          event.clipboardData?.setData('text/plain', copied())
          event.preventDefault()
        }}
      />
      {opened === undefined ? null : (
        <CellView
          column={table.columns[opened.column]}
          value={ordered.rows[opened.row]?.[opened.column] ?? null}
          onClose={() => open(undefined)}
        />
      )}
    </>
  )
}

type Arranged = ReturnType<typeof useArranged>

/** The rows that the filter leaves, in the order asked for, and the cells that are selected or open. */
function useArranged(table: Table, onSelected: ResultProps['onSelected']) {
  const [filter, setFilter] = useState('')
  const [sort, setSort] = useState<Sort>()
  const [selection, select] = useState<Selection>()
  const [opened, open] = useState<Place>()
  const order = useMemo(() => {
    const kept = filtered(table, filter)
    return sort === undefined ? kept : sorted(table, kept, sort)
  }, [table, filter, sort])
  const ordered = useMemo(
    () =>
      order.length === table.rows.length && sort === undefined
        ? table
        : { ...table, rows: rowsAt(table, order) },
    [table, order, sort],
  )
  const onSelect = (next: Selection | undefined) => {
    select(next)
    onSelected?.(next && cellsOf(ordered, next))
  }
  /** A selection is of places, which hold other rows now. */
  const unselect = () => {
    if (selection !== undefined) onSelect(undefined)
    open(undefined)
  }
  const onFilter = (text: string) => {
    unselect()
    setFilter(text)
  }
  const onSort = (next: Sort | undefined) => {
    unselect()
    setSort(next)
  }
  return { order, ordered, filter, onFilter, sort, onSort, selection, onSelect, opened, open }
}

function rowsAt({ rows }: Table, order: readonly number[]): Row[] {
  return order.map((at) => rows[at] ?? [])
}

function namesOf({ columns }: Table): Row {
  return columns.map(({ name }) => name)
}

function cellsOf({ columns, rows }: Table, selection: Selection): Pick<Table, 'columns' | 'rows'> {
  const { rows: down, columns: across } = bounds(selection)
  return {
    columns: columns.slice(across.first, across.end),
    rows: rows.slice(down.first, down.end).map((row) => row.slice(across.first, across.end)),
  }
}
