/** One tool: its form, its answer, and the same call as code. */

import type { JSX } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import { callTool, type Envelope, endpointPath, isReading, type Tool } from '../../mcp/client.ts'
import { useDraft } from '../../shell/draft.ts'
import { Icon } from '../../shell/icons.tsx'
import { Problem, Snippet, Tabs, Waiting } from '../../shell/parts.tsx'
import { pathTo } from '../../shell/router.ts'
import { AnswerView } from './answer-view.tsx'
import { asCurl, asPython, asTypeScript, type Call } from './as-code.ts'
import { type Field, fieldsOf, filledIn } from './form.ts'

interface ToolFormProps {
  readonly tool: Tool
  readonly readOnly: boolean
}

type Given = Readonly<Record<string, unknown>>

type Outcome =
  | { readonly at: 'waiting' }
  | { readonly at: 'answered'; readonly given: Given; readonly envelope: Envelope; readonly ms: number }
  | { readonly at: 'failed'; readonly error: unknown }

export function ToolForm({ tool, readOnly }: ToolFormProps): JSX.Element {
  const fields = useMemo(() => fieldsOf(tool.inputSchema), [tool])
  const [texts, setTexts] = useDraft(tool.name)
  const [problems, setProblems] = useState<Readonly<Record<string, string>>>({})
  const [outcome, setOutcome] = useState<Outcome>()
  const filled = filledIn(fields, texts)

  const run = async () => {
    setProblems('problems' in filled ? filled.problems : {})
    if ('problems' in filled) return
    const given = filled.arguments
    setOutcome({ at: 'waiting' })
    const began = performance.now()
    await callTool(tool.name, given).then(
      (envelope) => setOutcome({ at: 'answered', given, envelope, ms: performance.now() - began }),
      (error: unknown) => setOutcome({ at: 'failed', error }),
    )
  }

  return (
    <>
      <ToolHeader tool={tool} />
      <form
        class="tool-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          void run()
        }}
      >
        {fields.map((field) => (
          <FieldControl
            key={field.name}
            field={field}
            text={texts[field.name] ?? ''}
            problem={problems[field.name]}
            change={(text) => setTexts({ ...texts, [field.name]: text })}
          />
        ))}
        {fields.length === 0 && <p class="note">This tool takes no arguments.</p>}
        <RunButton reads={isReading(tool)} waiting={outcome?.at === 'waiting'} />
      </form>
      <OutcomeView name={tool.name} outcome={outcome} />
      <AsCode
        call={{
          url: location.origin + endpointPath(readOnly),
          tool: tool.name,
          arguments: 'arguments' in filled ? filled.arguments : {},
        }}
      />
    </>
  )
}

function ToolHeader({ tool }: { readonly tool: Tool }): JSX.Element {
  const reads = isReading(tool)
  return (
    <>
      <a class="back" href={pathTo('tools')}>
        <Icon name="back" /> All tools
      </a>
      <header class="table-header">
        <h1>{tool.title ?? tool.name}</h1>
        <span class={reads ? 'badge' : 'badge warn'}>{reads ? 'reads' : 'changes data'}</span>
        <p class="about">{tool.description}</p>
      </header>
    </>
  )
}

function RunButton({ reads, waiting }: { readonly reads: boolean; readonly waiting: boolean }): JSX.Element {
  return (
    <button type="submit" class={reads ? 'button primary' : 'button danger'} disabled={waiting}>
      <Icon name="play" />
      {reads ? 'Run' : 'Run and change data'}
    </button>
  )
}

interface OutcomeViewProps {
  readonly name: string
  readonly outcome: Outcome | undefined
}

function OutcomeView({ name, outcome }: OutcomeViewProps): JSX.Element {
  return (
    <section class="answer" aria-label="Answer">
      {outcome?.at === 'waiting' && <Waiting what="Running…" />}
      {outcome?.at === 'failed' && <Problem error={outcome.error} />}
      {outcome?.at === 'answered' && <AnswerView name={name} {...outcome} />}
    </section>
  )
}

interface FieldControlProps {
  readonly field: Field
  readonly text: string
  readonly problem: string | undefined
  readonly change: (text: string) => void
}

function FieldControl({ field, text, problem, change }: FieldControlProps): JSX.Element {
  const id = `field-${field.name}`
  const about = [field.description !== '' && `${id}-about`, problem !== undefined && `${id}-problem`]
  return (
    <div class="field">
      <label for={id}>
        <code>{field.name}</code>
        {field.required && <span class="dim"> required</span>}
      </label>
      <Input
        {...{ field, text, change, id }}
        describedBy={about.filter((part) => part !== false).join(' ')}
        invalid={problem !== undefined}
      />
      {problem !== undefined && (
        <p class="field-problem" id={`${id}-problem`} role="alert">
          {problem}
        </p>
      )}
      {field.description !== '' && (
        <p class="note" id={`${id}-about`}>
          {field.description}
          {field.control === 'lines' && ' One a line.'}
          {field.control === 'json' && ' As JSON.'}
        </p>
      )}
    </div>
  )
}

interface InputProps extends Omit<FieldControlProps, 'problem'> {
  readonly id: string
  readonly describedBy: string
  readonly invalid: boolean
}

function Input({ field, text, change, id, describedBy, invalid }: InputProps): JSX.Element {
  const common = {
    id,
    value: text,
    'aria-describedby': describedBy === '' ? undefined : describedBy,
    'aria-invalid': invalid,
    'aria-required': field.required,
  }
  const onInput = ({ currentTarget }: { currentTarget: { value: string } }) => change(currentTarget.value)
  const plain = { spellcheck: false, autocomplete: 'off', autocapitalize: 'off' } as const
  switch (field.control) {
    case 'choice':
    case 'boolean':
      return (
        <select {...common} onChange={onInput}>
          <option value="">{field.required ? 'Choose…' : 'Not given'}</option>
          {(field.control === 'boolean' ? ['true', 'false'] : field.choices).map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
      )
    case 'long-text':
    case 'lines':
    case 'json':
      return (
        <textarea {...common} {...plain} rows={field.control === 'long-text' ? 5 : 3} onInput={onInput} />
      )
    case 'number':
    case 'text':
      return (
        <input
          {...common}
          {...plain}
          type="text"
          inputMode={field.control === 'number' ? 'decimal' : 'text'}
          onInput={onInput}
        />
      )
  }
}

const LANGUAGES = [
  ['curl', 'curl'],
  ['typescript', 'TypeScript'],
  ['python', 'Python'],
] as const

const WRITTEN = { curl: asCurl, typescript: asTypeScript, python: asPython }

function AsCode({ call }: { readonly call: Call }): JSX.Element {
  const [language, setLanguage] = useState<keyof typeof WRITTEN>('curl')
  return (
    <details class="as-code">
      <summary>This call as code</summary>
      <Tabs label="Language" tabs={LANGUAGES} chosen={language} choose={setLanguage} />
      <Snippet label={`${call.tool} in ${language}`} text={WRITTEN[language](call)} />
      <p class="note">
        Put a token into the environment as <code>TOKEN</code>; it is not written here.
      </p>
    </details>
  )
}
