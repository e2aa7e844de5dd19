/** Writes whose client cannot ask its user: they wait until the user approves them at the console. */

import * as z from 'zod'
import type { Connections } from '../data/connections.ts'
import { RowgateError } from '../infra/errors.ts'
import { base64url, sha256 } from '../infra/hash.ts'
import type { Change, Confirmation } from '../toolkit/tool.ts'

export interface Asked {
  readonly tool: string
  /** Of the caller, the client, the tool, the arguments and the row as it was. */
  readonly hash: string
  readonly client: string | undefined
  readonly question: string
  /** Of the call, as `shownArguments` gives them. */
  readonly arguments: string
  readonly rows?: Change | undefined
  /** Whether the first call after the approval uses it up, done or not. */
  readonly oneTry: boolean
}

/** Characters of the arguments that the console shows. With the rows they stay within an approval's 1 MiB. */
const MOST_CHARACTERS = 20_000

/** As JSON for a person to read, cut where it is long. What they are bound by is the hash of them all. */
export function shownArguments(args: unknown): string {
  const text = JSON.stringify(args ?? {})
  return text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS).toWellFormed()}…`
}

/** `approved` is null until the user has decided. */
const approval = z.object({ id: z.uuid(), approved: z.boolean().nullable(), expires_at: z.string() })

/** Stores approvals, and links to the page where the user gives them. */
export interface Approvals {
  /** The approval of this write; asked for where there is none yet. */
  ask(connections: Connections, asked: Asked): Promise<unknown>
  /** The page for one. `requestUrl`: of the call. */
  pageOf(id: string, requestUrl: string): string
}

/** Returns the id that the write may be done under, once. Throws until the user has approved it. */
export async function approved(
  { ask, pageOf }: Approvals,
  { connections, requestUrl }: { readonly connections: Connections; readonly requestUrl: string },
  { bound, ...asked }: Omit<Asked, 'hash'> & { readonly bound: unknown },
): Promise<Confirmation> {
  const hash = base64url(await sha256(JSON.stringify(bound)))
  const { id, approved: decision, expires_at } = approval.parse(await ask(connections, { ...asked, hash }))
  if (decision === true) return { confirmation: id }
  if (decision === false) {
    throw new RowgateError('AUTHORIZATION_ERROR', 'The user has refused it, so nothing was done.')
  }
  const approve_at = pageOf(id, requestUrl)
  throw new RowgateError(
    'CONFIRMATION_REQUIRED',
    `Nothing was done yet: the user has to approve it. Give them this link, which is good for ten minutes, and when they have approved, call again with the same arguments: ${approve_at}`,
    { details: { approve_at, expires_at } },
  )
}
