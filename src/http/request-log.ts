/** Request log: keeps one record per request and reports it when the response is complete. */

import type { Context, MiddlewareHandler } from 'hono'
import type { Caller } from '../infra/caller.ts'
import type { Config } from '../infra/config/settings.ts'
import { newRecord, type RequestRecord } from '../infra/observability/request-record.ts'
import type { Finished } from '../infra/observability/request-report.ts'
import { requestIdOf } from './request-id.ts'

export interface RecordVariables {
  record: RequestRecord
}

export interface RecorderOptions {
  /** Returns a promise only if there is work to wait for. */
  readonly report: (finished: Finished) => Promise<void> | undefined
  readonly now: () => number
  /** Development adds `Server-Timing` (W3C) to responses. */
  readonly environment: Config['ENVIRONMENT']
}

interface Variables extends RecordVariables {
  caller?: Caller
}

/** `Transformer` with `cancel` (Streams Standard §6.2.1), which TypeScript's library lacks. */
interface LeavableTransformer extends Transformer {
  cancel(): Promise<void> | undefined
}

const FIRST_ERROR_STATUS = 400

export function recorder(options: RecorderOptions): MiddlewareHandler<{ Variables: Variables }> {
  const { report, now, environment } = options

  function finish(c: Context<{ Variables: Variables }>): Promise<void> | undefined {
    const record = c.get('record')
    const { status } = c.res
    if (status >= FIRST_ERROR_STATUS && record.outcome === 'success') {
      record.outcome = 'refused'
      record.code ??= `http_${status}`
    }
    return report({
      record,
      requestId: () => requestIdOf(record, c.req.raw, environment),
      caller: c.get('caller'),
      status,
      endedAt: now(),
    })
  }

  return async function recorder(c, next) {
    const record = newRecord(now())
    c.set('record', record)
    await next()
    const { res } = c
    if (record.streams && res.body !== null) {
      // Either `flush` (complete) or `cancel` (client gone) runs, exactly once.
      const ends: LeavableTransformer = { flush: () => finish(c), cancel: () => finish(c) }
      const whole = new TransformStream(ends)
      c.res = new Response(res.body.pipeThrough(whole), res)
      return
    }
    if (environment === 'development') {
      const total = now() - record.startedAt
      c.header(
        'Server-Timing',
        `total;dur=${total}, db;dur=${record.databaseMs};desc="${record.roundTrips} round trips"`,
      )
    }
    const reported = finish(c)
    if (reported !== undefined) c.executionCtx.waitUntil(reported)
  }
}
