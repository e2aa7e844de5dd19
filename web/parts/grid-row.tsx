/** A row of the grid. It is drawn again only when what it shows changes. */

import { Component } from 'preact'
import type { Json, Row, Table } from './answer.ts'
import { shownText } from './cell-text.ts'
import { type Place, type Range, ROW_HEIGHT } from './grid-window.ts'

interface RowProps {
  /** In the order that is shown, from 0. */
  readonly position: number
  readonly values: Row
  readonly columns: readonly number[]
  readonly table: Table
  readonly edges: readonly number[]
  readonly activeColumn: number | undefined
  /** Columns of the selection, if it holds this row. */
  readonly selected: Range | undefined
  onActivate(place: Place, extend: boolean): void
  onSelectRow(row: number, extend: boolean): void
  onOpen(place: Place): void
}

const SHOWN = ['position', 'values', 'edges', 'activeColumn'] as const

export class GridRow extends Component<RowProps> {
  // Scrolling and the arrow keys would else draw every row in view for each step.
  override shouldComponentUpdate(next: RowProps): boolean {
    return (
      SHOWN.some((name) => next[name] !== this.props[name]) ||
      next.columns[0] !== this.props.columns[0] ||
      next.columns.length !== this.props.columns.length ||
      next.columns.at(-1) !== this.props.columns.at(-1) ||
      next.selected?.first !== this.props.selected?.first ||
      next.selected?.end !== this.props.selected?.end
    )
  }

  /** The handlers of the latest render, though the row was not drawn by it. */
  private readonly press = (column: number, extend: boolean) => {
    this.props.onActivate({ row: this.props.position, column }, extend)
  }

  override render({ position, values, columns, table, edges, activeColumn, selected }: RowProps) {
    const place = { transform: `translateY(${position * ROW_HEIGHT}px)`, height: `${ROW_HEIGHT}px` }
    return (
      // biome-ignore lint/a11y/useSemanticElements: a part of a grid that is no table element.
      // biome-ignore lint/a11y/useFocusableInteractive: its cells take the focus.
      <div role="row" class="rg-row" aria-rowindex={position + 2} style={place}>
        {/* biome-ignore lint/a11y/useSemanticElements: as above. */}
        {/* biome-ignore lint/a11y/useFocusableInteractive: it has nothing to do. */}
        {/* biome-ignore lint/a11y/useKeyWithClickEvents: Shift with the arrows selects, too. */}
        <div
          role="rowheader"
          class="rg-gutter"
          aria-colindex={1}
          onClick={(event) => this.props.onSelectRow(position, event.shiftKey)}
        >
          {position + 1}
        </div>
        {columns.map((column) => {
          const isSelected = selected !== undefined && column >= selected.first && column < selected.end
          const [left = 0, right = 0] = [edges[column], edges[column + 1]]
          return (
            // biome-ignore lint/a11y/useSemanticElements: as above.
            <div
              key={column}
              role="gridcell"
              class={`rg-cell rg-${table.columns[column]?.kind}`}
              aria-colindex={column + 2}
              aria-selected={isSelected}
              tabIndex={activeColumn === column ? 0 : -1}
              style={{ left: `${left}px`, width: `${right - left}px` }}
              onPointerDown={(event) => {
                if (event.button === 0) this.press(column, event.shiftKey)
              }}
              onPointerEnter={(event) => {
                if (event.buttons === 1 && event.pointerType === 'mouse') this.press(column, true)
              }}
              onDblClick={() => this.props.onOpen({ row: position, column })}
            >
              <CellText value={values[column] ?? null} />
            </div>
          )
        })}
      </div>
    )
  }
}

function CellText({ value }: { value: Json }) {
  if (value === null) return <span class="rg-null">null</span>
  if (value === '') return <span class="rg-null">empty</span>
  return <bdi>{shownText(value)}</bdi>
}
