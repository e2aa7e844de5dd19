/** The grid's head: names and types, the order, and handles for the widths. */

import type { TargetedPointerEvent } from 'preact'
import type { Table } from './answer.ts'
import { visible } from './cell-text.ts'
import { HEAD_HEIGHT, HEAD_ROW, type Place } from './grid-window.ts'
import type { Sort } from './sort.ts'

interface HeadProps {
  readonly columns: readonly number[]
  readonly table: Table
  readonly edges: readonly number[]
  readonly sort: Sort | undefined
  readonly active: Place
  onSort(column: number): void
  onActivate(place: Place, extend: boolean): void
  /** Undefined: as wide as fits. */
  onWidth(column: number, width: number | undefined): void
}

export function GridHead({ columns, edges, ...props }: HeadProps) {
  const size = { height: `${HEAD_HEIGHT}px`, width: `${edges.at(-1) ?? 0}px` }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a part of a grid that is no table element.
    <div role="rowgroup" class="rg-head" style={size}>
      {/* biome-ignore lint/a11y/useSemanticElements: as above. */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: its cells take the focus. */}
      <div role="row" class="rg-row" aria-rowindex={1}>
        {/* biome-ignore lint/a11y/useSemanticElements: as above. */}
        {/* biome-ignore lint/a11y/useFocusableInteractive: it has nothing to do. */}
        <div role="columnheader" class="rg-gutter" aria-colindex={1} aria-label="Row">
          #
        </div>
        {columns.map((column) => (
          <HeadCell key={column} column={column} edges={edges} {...props} />
        ))}
      </div>
    </div>
  )
}

type HeadCellProps = Omit<HeadProps, 'columns'> & { readonly column: number }

function HeadCell({ column, table, edges, sort, active, onSort, onActivate, onWidth }: HeadCellProps) {
  const { name = '', type = '', kind } = table.columns[column] ?? {}
  const [left = 0, right = 0] = [edges[column], edges[column + 1]]
  const isActive = active.row === HEAD_ROW && active.column === column
  const direction = sort?.column === column ? (sort.descending ? 'descending' : 'ascending') : 'none'
  const press = () => {
    onActivate({ row: HEAD_ROW, column }, false)
    onSort(column)
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: as above.
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid takes the keys.
    <div
      role="columnheader"
      class={`rg-cell rg-name rg-${kind}`}
      aria-colindex={column + 2}
      aria-sort={direction}
      aria-keyshortcuts="Enter Alt+ArrowLeft Alt+ArrowRight"
      title={type === '' ? visible(name) : `${visible(name)} (${type})`}
      tabIndex={isActive ? 0 : -1}
      style={{ left: `${left}px`, width: `${right - left}px` }}
      onClick={press}
    >
      <span class="rg-label">
        <bdi>{visible(name)}</bdi>
        <span class="rg-order" aria-hidden="true">
          {direction === 'none' ? '' : direction === 'ascending' ? '▲' : '▼'}
        </span>
      </span>
      {type === '' ? null : <span class="rg-type">{type}</span>}
      <Handle width={right - left} onWidth={(width) => onWidth(column, width)} />
    </div>
  )
}

/** Drags a column's width; a double click fits it. The keyboard has Alt with the arrows. */
function Handle({ width, onWidth }: { width: number; onWidth(width: number | undefined): void }) {
  const drag = (event: TargetedPointerEvent<HTMLSpanElement>) => {
    const { currentTarget: handle, clientX: start, pointerId } = event
    const move = (moved: PointerEvent) => onWidth(width + moved.clientX - start)
    handle.setPointerCapture(pointerId)
    handle.addEventListener('pointermove', move)
    handle.addEventListener('lostpointercapture', () => handle.removeEventListener('pointermove', move), {
      once: true,
    })
    event.preventDefault()
  }
  return (
    <span
      class="rg-handle"
      aria-hidden="true"
      onPointerDown={drag}
      onClick={(event) => event.stopPropagation()}
      onDblClick={() => onWidth(undefined)}
    />
  )
}
