/** A page whose code is loaded when it is first opened. */

import type { ComponentType, JSX } from 'preact'
import { useAnswer } from '../mcp/use-answer.ts'
import type { PageProps } from './page.ts'
import { Problem, Waiting } from './parts.tsx'

export function later(name: string, load: () => Promise<ComponentType<PageProps>>): ComponentType<PageProps> {
  return function Later(props: PageProps): JSX.Element {
    const { value, error, again } = useAnswer(name, async () => ({ Page: await load() }))
    if (error !== undefined) return <Problem error={error} again={again} />
    if (value === undefined) return <Waiting what="Loading the page…" />
    return <value.Page {...props} />
  }
}
