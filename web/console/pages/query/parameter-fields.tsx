/** A field for each of `$1`, `$2` and so on. */

import type { JSX } from 'preact'

interface ParameterFieldsProps {
  readonly texts: readonly string[]
  /** By the field's position. */
  readonly problems: Readonly<Record<number, string>>
  readonly change: (at: number, text: string) => void
}

export function ParameterFields({ texts, problems, change }: ParameterFieldsProps): JSX.Element | null {
  if (texts.length === 0) return null
  return (
    <fieldset class="parameters">
      <legend>
        Parameters <span class="note">as JSON: 42, "text", true, null, [1, 2]</span>
      </legend>
      {texts.map((text, at) => (
        <div class="field" key={at}>
          <label for={`parameter-${at}`}>
            <code>${at + 1}</code>
          </label>
          <input
            id={`parameter-${at}`}
            type="text"
            spellcheck={false}
            autocomplete="off"
            autocapitalize="off"
            value={text}
            aria-invalid={problems[at] !== undefined}
            aria-describedby={problems[at] === undefined ? undefined : `parameter-${at}-problem`}
            onInput={({ currentTarget }) => change(at, currentTarget.value)}
          />
          {problems[at] !== undefined && (
            <p class="field-problem" id={`parameter-${at}-problem`} role="alert">
              {problems[at]}
            </p>
          )}
        </div>
      ))}
    </fieldset>
  )
}
