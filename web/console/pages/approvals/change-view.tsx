/** A row before and after, column by column: what changes first, what stays behind a click. */

import type { JSX } from 'preact'
import type { Json } from '../../../parts/answer.ts'
import { exportText, visible } from '../../../parts/cell-text.ts'
import type { Change } from './approval.ts'
import { type ColumnChange, differenceOf, textDifference } from './difference.ts'

/** Characters shown of what two texts have in common, beside their difference. */
const CONTEXT_CHARACTERS = 80

function titleOf({ before, after }: Change): string {
  if (before === null) return 'The row that is added'
  return after === null ? 'The row that is deleted' : 'The row, before and after'
}

export function ChangeView({ change }: { readonly change: Change }): JSX.Element {
  const { changed, same } = differenceOf(change)
  const { left_out: left = 0 } = change
  return (
    <section class="change" aria-labelledby="change-title">
      <h2 id="change-title">{titleOf(change)}</h2>
      <ul class="changes">
        {changed.map((each) => (
          <li key={each.column}>
            <h3>
              <bdi>{visible(each.column)}</bdi>
            </h3>
            <BeforeAndAfter {...each} />
          </li>
        ))}
      </ul>
      {changed.length === 0 && <p class="note">No column gets another value.</p>}
      {left > 0 && <p class="note">{left} more columns are not shown here; the arguments below name them.</p>}
      {same.length > 0 && (
        <details>
          <summary>
            {same.length === 1 ? '1 column stays' : `${same.length} columns stay`} as{' '}
            {same.length === 1 ? 'it is' : 'they are'}
          </summary>
          <ul class="changes">
            {same.map(({ column, before = null }) => (
              <li key={column}>
                <h3>
                  <bdi>{visible(column)}</bdi>
                </h3>
                <p class="value">
                  <Value value={before} />
                </p>
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  )
}

function BeforeAndAfter({ before, after }: ColumnChange): JSX.Element {
  const { start, removed, added, end } = textDifference(before ?? null, after ?? null)
  const [head, tail] = [shownStart(start), shownEnd(end)]
  return (
    <>
      {before !== undefined && (
        <p class="value before">
          <span class="visually-hidden">Before: </span>
          {before === null ? <Value value={null} /> : <Part {...{ head, tail }} text={removed} as="del" />}
        </p>
      )}
      {after !== undefined && (
        <p class="value after">
          <span class="visually-hidden">After: </span>
          {after === null ? <Value value={null} /> : <Part {...{ head, tail }} text={added} as="ins" />}
        </p>
      )}
    </>
  )
}

interface PartProps {
  readonly head: string
  readonly text: string
  readonly tail: string
  readonly as: 'del' | 'ins'
}

function Part({ head, text, tail, as: Tag }: PartProps): JSX.Element {
  if (head + text + tail === '') return <em>empty text</em>
  return (
    <bdi>
      {head}
      {text !== '' && <Tag>{shown(text)}</Tag>}
      {tail}
    </bdi>
  )
}

function Value({ value }: { readonly value: Json }): JSX.Element {
  if (value === null) return <em>null</em>
  const text = exportText(value)
  return text === '' ? <em>empty text</em> : <bdi>{shown(text)}</bdi>
}

function shownStart(text: string): string {
  return text.length <= CONTEXT_CHARACTERS
    ? shown(text)
    : `…${shown(text.slice(-CONTEXT_CHARACTERS).toWellFormed())}`
}

function shownEnd(text: string): string {
  return text.length <= CONTEXT_CHARACTERS
    ? shown(text)
    : `${shown(text.slice(0, CONTEXT_CHARACTERS).toWellFormed())}…`
}

/** Lines stay lines; no other character is invisible, or turns the direction of those after it. */
export function shown(text: string): string {
  return text.split('\n').map(visible).join('\n')
}
