/** The choice of a source, which is in the address of a page. */

import type { JSX } from 'preact'
import { pathTo } from './router.ts'

interface SourceChoiceProps {
  readonly page: string
  readonly sources: readonly string[]
  readonly source: string | undefined
}

export function SourceChoice({ page, sources, source }: SourceChoiceProps): JSX.Element {
  return (
    <label class="field">
      Source
      <select
        value={source}
        onChange={({ currentTarget }) => {
          location.hash = pathTo(page, currentTarget.value)
        }}
      >
        {sources.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
    </label>
  )
}
