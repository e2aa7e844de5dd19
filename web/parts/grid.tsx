/**
 * A grid of any size: only the rows and columns in view are in the document. Keyboard as in the ARIA
 * Authoring Practices' grid pattern, with one cell in the tab order.
 */

import type { TargetedKeyboardEvent } from 'preact'
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Table } from './answer.ts'
import { GridHead } from './grid-head.tsx'
import { GridRow } from './grid-row.tsx'
import {
  allowedWidth,
  bounds,
  columnsInView,
  drawn,
  edgesOf,
  fittedWidths,
  GUTTER_WIDTH,
  HEAD_HEIGHT,
  HEAD_ROW,
  moved,
  type Place,
  ROW_HEIGHT,
  rowsInView,
  type Selection,
  scrollFor,
} from './grid-window.ts'
import type { Sort } from './sort.ts'

export interface GridProps {
  readonly label: string
  readonly table: Table
  /** Positions in the table's rows, as they are shown. */
  readonly order: readonly number[]
  readonly sort: Sort | undefined
  onSort(sort: Sort | undefined): void
  readonly selection: Selection | undefined
  onSelect(selection: Selection | undefined): void
  /** A cell is to be shown whole. */
  onOpen(place: Place): void
  /** Writes the selection to the clipboard's event. */
  onCopy(event: ClipboardEvent): void
}

/** Keys of a column's width, in pixels a press. */
const WIDTH_STEP = 16

export function Grid(props: GridProps) {
  const { table, order, selection } = props
  const scroller = useRef<HTMLDivElement>(null)
  const view = useView(scroller)
  const [widths, setWidth] = useWidths(table)
  const edges = useMemo(() => edgesOf(widths), [widths])
  const { active, activate } = useActive(scroller, edges, props)
  const columns = drawn(columnsInView(view.left, view.width, edges), active.column)
  const rows = drawn(rowsInView(view.top, view.height - HEAD_HEIGHT, order.length), active.row)

  const selectRow = (row: number, extend: boolean) =>
    props.onSelect({
      from: { row: (extend ? selection?.from.row : undefined) ?? row, column: 0 },
      to: { row, column: table.columns.length - 1 },
    })
  const cycle = (column: number) => props.onSort(nextSort(props.sort, column))
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLDivElement>) => {
    const page = Math.max(1, Math.floor((view.height - HEAD_HEIGHT) / ROW_HEIGHT) - 1)
    if (!keyed(event, { active, activate, page, cycle, widths, setWidth, props })) return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table element would need every row in the document.
    <div
      ref={scroller}
      class="rg-grid"
      role="grid"
      aria-label={props.label}
      aria-rowcount={order.length + 1}
      aria-colcount={table.columns.length + 1}
      aria-multiselectable="true"
      tabIndex={-1}
      onKeyDown={onKeyDown}
      onCopy={props.onCopy}
    >
      <GridHead
        columns={columns}
        table={table}
        edges={edges}
        sort={props.sort}
        active={active}
        onSort={cycle}
        onActivate={activate}
        onWidth={setWidth}
      />
      <Body
        {...{ table, order, selection, rows, columns, edges, active }}
        onActivate={activate}
        onSelectRow={selectRow}
        onOpen={props.onOpen}
      />
    </div>
  )
}

interface BodyProps extends Pick<GridProps, 'table' | 'order' | 'selection' | 'onOpen'> {
  /** Those in view, and the active cell's. */
  readonly rows: readonly number[]
  readonly columns: readonly number[]
  readonly edges: readonly number[]
  readonly active: Place
  onActivate(place: Place, extend: boolean): void
  onSelectRow(row: number, extend: boolean): void
}

function Body({ table, order, selection, rows, columns, edges, active, ...on }: BodyProps) {
  const extent = selection && bounds(selection)
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table element would need every row in the document.
    <div
      role="rowgroup"
      class="rg-body"
      style={{ height: `${order.length * ROW_HEIGHT}px`, width: `${edges.at(-1) ?? 0}px` }}
    >
      {rows.map((row) => (
        <GridRow
          key={row}
          position={row}
          values={table.rows[order[row] ?? 0] ?? []}
          columns={columns}
          table={table}
          edges={edges}
          activeColumn={active.row === row ? active.column : undefined}
          selected={
            extent !== undefined && row >= extent.rows.first && row < extent.rows.end
              ? extent.columns
              : undefined
          }
          {...on}
        />
      ))}
    </div>
  )
}

interface Keyed {
  readonly active: Place
  activate(place: Place, extend: boolean): void
  /** Rows of a page. */
  readonly page: number
  cycle(column: number): void
  readonly widths: readonly number[]
  setWidth(column: number, width: number): void
  readonly props: GridProps
}

/** Whether the key did something. */
function keyed(
  event: KeyboardEvent,
  { active, activate, page, cycle, widths, setWidth, props }: Keyed,
): boolean {
  const control = event.ctrlKey || event.metaKey
  const { length: rows } = props.order
  const { length: columns } = props.table.columns
  const sideways = event.key === 'ArrowLeft' ? -1 : Number(event.key === 'ArrowRight')
  if (event.altKey) {
    if (sideways === 0) return false
    setWidth(active.column, (widths[active.column] ?? 0) + sideways * WIDTH_STEP)
    return true
  }
  if (control && event.key.toLowerCase() === 'a') {
    props.onSelect({ from: { row: 0, column: 0 }, to: { row: rows - 1, column: columns - 1 } })
    return true
  }
  if (event.key === 'Escape' && props.selection !== undefined) {
    props.onSelect(undefined)
    return true
  }
  if (event.key === 'Enter' || event.key === ' ') {
    if (active.row === HEAD_ROW) cycle(active.column)
    else props.onOpen(active)
    return true
  }
  const place = moved(active, event.key, control, rows, columns, page)
  if (place === undefined) return false
  activate(place, event.shiftKey)
  return true
}

/** Ascending, descending, as it came. */
function nextSort(sort: Sort | undefined, column: number): Sort | undefined {
  if (sort?.column !== column) return { column, descending: false }
  return sort.descending ? undefined : { column, descending: true }
}

interface View {
  readonly top: number
  readonly left: number
  readonly width: number
  readonly height: number
}

/** The visible part of the content, once a frame. */
function useView(scroller: { readonly current: HTMLDivElement | null }): View {
  const [view, setView] = useState<View>({ top: 0, left: 0, width: 800, height: 400 })
  useLayoutEffect(() => {
    const element = scroller.current
    if (element === null) return undefined
    let frame = 0
    const read = () => {
      frame = 0
      const { scrollTop: top, scrollLeft: left, clientWidth: width, clientHeight: height } = element
      setView((last) =>
        last.top === top && last.left === left && last.width === width && last.height === height
          ? last
          : { top, left, width, height },
      )
    }
    const soon = () => {
      frame ||= requestAnimationFrame(read)
    }
    read()
    const observer = new ResizeObserver(soon)
    observer.observe(element)
    element.addEventListener('scroll', soon, { passive: true })
    return () => {
      observer.disconnect()
      element.removeEventListener('scroll', soon)
      cancelAnimationFrame(frame)
    }
  }, [scroller])
  return view
}

/** Widths stay when a page of rows is added, and are fitted anew for other columns. */
function useWidths(table: Table) {
  const [own, setOwn] = useState<readonly number[]>([])
  const { columns } = table
  const fitted = useMemo(() => fittedWidths(table), [columns])
  useEffect(() => setOwn([]), [columns])
  const widths = useMemo(() => fitted.map((width, at) => own[at] ?? width), [fitted, own])
  const setWidth = useCallback(
    (column: number, width: number | undefined) =>
      setOwn((last) => {
        const next = [...last]
        if (width === undefined) delete next[column]
        else next[column] = allowedWidth(width)
        return next
      }),
    [],
  )
  return [widths, setWidth] as const
}

/** The one cell in the tab order. It follows the keyboard and the pointer, and is scrolled into view. */
function useActive(
  scroller: { readonly current: HTMLDivElement | null },
  edges: readonly number[],
  { order, selection, onSelect }: GridProps,
) {
  const [place, setPlace] = useState<Place>({ row: HEAD_ROW, column: 0 })
  const wantsFocus = useRef(false)
  const active = {
    row: Math.min(place.row, order.length - 1),
    column: Math.min(place.column, edges.length - 2),
  }
  const activate = (next: Place, extend: boolean) => {
    setPlace(next)
    wantsFocus.current = true
    if (next.row === HEAD_ROW) return
    const from = extend ? (selection?.from ?? { ...active, row: Math.max(0, active.row) }) : next
    onSelect({ from, to: next })
  }
  // After each render: the cell may have come into the document with this one.
  useLayoutEffect(() => {
    if (!wantsFocus.current || scroller.current === null) return
    wantsFocus.current = false
    show(scroller.current, active, edges)
    scroller.current.querySelector<HTMLElement>('[tabindex="0"]')?.focus({ preventScroll: true })
  })
  return { active, activate }
}

function show(element: HTMLElement, { row, column }: Place, edges: readonly number[]): void {
  const { scrollTop, scrollLeft, clientWidth, clientHeight } = element
  const [left = 0, right = 0] = [edges[column], edges[column + 1]]
  const sideways = scrollFor(left, right, scrollLeft + GUTTER_WIDTH, scrollLeft + clientWidth)
  const top = row * ROW_HEIGHT
  const down =
    row === HEAD_ROW ? 0 : scrollFor(top, top + ROW_HEIGHT, scrollTop, scrollTop + clientHeight - HEAD_HEIGHT)
  if (sideways !== 0 || down !== 0) element.scrollTo(scrollLeft + sideways, scrollTop + down)
}
