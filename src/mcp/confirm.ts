/**
 * Confirmation in a second round trip of the same call (2026-07-28, multi round-trip requests). The client is
 * asked to ask its user, and has to be one that declares elicitation in both rounds; that a person saw the
 * question is the client's word. The state that travels in between is signed, expires, and is valid for this
 * caller, tool and question only.
 */

import {
  acceptedContent,
  createRequestStateCodec,
  inputRequired,
  type ServerContext,
} from '@modelcontextprotocol/server'
import * as z from 'zod'
import type { Caller } from '../infra/caller.ts'
import { RowgateError } from '../infra/errors.ts'
import { type Confirmation, RawResult } from '../toolkit/tool.ts'

/** Time for a person to read a sentence and decide. */
const STATE_LIFETIME_S = 300

const ANSWER = 'confirm'
const answer = z.object({ confirmed: z.boolean() })
const state = z.object({ id: z.uuid() })

export interface Asking {
  readonly caller: Caller
  readonly tool: string
  /** At least 32 bytes that only the deployment knows. */
  readonly secret: string
  readonly context: ServerContext
  readonly canAsk: boolean
  /** Asks the user at the console, where the client cannot. */
  readonly elsewhere: ((bound: unknown) => Promise<Confirmation>) | undefined
}

export async function confirm(
  { caller, tool, secret, context, canAsk, elsewhere }: Asking,
  question: string,
  about: readonly string[],
): Promise<RawResult | Confirmation> {
  const bound = [caller.tenantId, caller.userId, caller.clientId ?? null, tool, about]
  if (!canAsk) {
    if (elsewhere === undefined) throw cannotAsk()
    return elsewhere(bound)
  }
  const { mcpReq } = context
  const codec = createRequestStateCodec<z.output<typeof state>>({
    key: secret,
    ttlSeconds: STATE_LIFETIME_S,
    bind: () => JSON.stringify(bound),
  })
  const echoed: unknown = mcpReq.requestState()
  if (echoed === undefined) {
    const requestState = await codec.mint({ id: crypto.randomUUID() }, context)
    const requestedSchema = z.object({ confirmed: z.boolean().describe('Go ahead') })
    const inputRequests = { [ANSWER]: inputRequired.elicit({ message: question, requestedSchema }) }
    return new RawResult(inputRequired({ inputRequests, requestState }))
  }
  const { id } = await verified(() => codec.verify(String(echoed), context))
  if (acceptedContent(mcpReq.inputResponses, ANSWER, answer)?.confirmed !== true) {
    throw new RowgateError(
      'AUTHORIZATION_ERROR',
      'The client answered without a confirmation, so nothing was done.',
    )
  }
  return { confirmation: id }
}

async function verified(verify: () => Promise<unknown>): Promise<z.output<typeof state>> {
  try {
    return state.parse(await verify())
  } catch (cause) {
    throw new RowgateError(
      'AUTHORIZATION_ERROR',
      'That confirmation is for another call or has expired, so nothing was done. Call again without it to ask the user again.',
      { cause },
    )
  }
}

function cannotAsk(): RowgateError {
  return new RowgateError(
    'CONFIRMATION_REQUIRED',
    'This is done only after the client has asked its user to confirm it, and this client cannot ask: that needs MCP 2026-07-28 with elicitation. Nothing was done. Tell the user, who can use a client that asks, or do it without you.',
  )
}
