/** Whether the Worker and each database answer. */

import type { JSX } from 'preact'
import { dataOf } from '../mcp/client.ts'
import { useAnswer } from '../mcp/use-answer.ts'
import { Icon } from '../shell/icons.tsx'
import type { PageProps } from '../shell/page.ts'
import { PageHeader, Problem, Waiting } from '../shell/parts.tsx'

interface Engine {
  readonly status: string
  readonly ms?: number
  readonly [detail: string]: unknown
}

interface Health {
  readonly status: string
  readonly engines: Readonly<Record<string, Engine>>
}

const WORDS: Readonly<Record<string, string>> = {
  ok: 'Everything answers',
  degraded: 'Something optional does not answer',
  down: 'A database that is needed does not answer',
}

export function HealthPage({ tools }: PageProps): JSX.Element {
  const mayAsk = tools.some(({ name }) => name === 'health_check')
  // The tool says more to whom may ask it; the public page says the same to everybody.
  const health = useAnswer('health', async () =>
    mayAsk ? await dataOf<Health>('health_check') : await publicHealth(),
  )
  return (
    <div class="page">
      <PageHeader title="Health" about="Asked now, with your login.">
        <button type="button" class="button" onClick={health.again} disabled={health.waiting}>
          <Icon name="refresh" /> Ask again
        </button>
      </PageHeader>
      {health.error !== undefined && <Problem error={health.error} again={health.again} />}
      {health.value === undefined && health.error === undefined && <Waiting what="Asking each database…" />}
      {health.value !== undefined && <Report health={health.value} />}
    </div>
  )
}

async function publicHealth(): Promise<Health> {
  // 503 has a report too.
  return (await (await fetch('/health/database')).json()) as Health
}

function Report({ health }: { readonly health: Health }): JSX.Element {
  return (
    <>
      <p class={`banner ${health.status}`}>
        <span class="dot" aria-hidden="true" />
        {WORDS[health.status] ?? health.status}
      </p>
      <ul class="cards">
        {Object.entries(health.engines).map(([name, { status, ms, ...details }]) => (
          <li key={name} class="card-item">
            <h2>
              <span class={`dot ${status}`} aria-hidden="true" />
              <bdi>{name}</bdi>
            </h2>
            <dl>
              <dt>Status</dt>
              <dd>{status}</dd>
              {ms !== undefined && (
                <>
                  <dt>Round trip</dt>
                  <dd>{ms} ms</dd>
                </>
              )}
              {Object.entries(details).map(([key, value]) => (
                <>
                  <dt key={key}>{key}</dt>
                  <dd>{typeof value === 'object' ? JSON.stringify(value) : String(value)}</dd>
                </>
              ))}
            </dl>
          </li>
        ))}
      </ul>
    </>
  )
}
