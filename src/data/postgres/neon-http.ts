/** Postgres over Neon's HTTP protocol: a transaction is one request. */

import type { NeonQueryPromise } from '@neondatabase/serverless'
import * as drivers from '#drivers'
import { type BoundedInit, boundedFetch } from './bounded-fetch.ts'
import { type Flight, type PostgresClient, parseJsonExactly } from './driver.ts'

/** Rows as arrays, since two columns may have one name. */
const AS_ARRAYS = { arrayMode: true, fullResults: true } as const

/** Endpoints by login and database. The driver's own setting is global, which would mix two databases up. */
const endpoints = new Map<string, string>()
/** The same, by the connection string that the driver sends, which it rewrites. */
const routes = new Map<string, string | undefined>()

/** `fetchEndpoint` is the endpoint's URL, when it is not Neon's own. */
export async function openNeonHttp(
  databaseUrl: string,
  fetchEndpoint: string | undefined,
): Promise<PostgresClient> {
  const { neon, neonConfig, types } = await drivers.neon()
  parseJsonExactly(types)
  if (fetchEndpoint !== undefined) endpoints.set(loginOf(databaseUrl), fetchEndpoint)
  routes.clear()
  neonConfig.fetchFunction = fetchFromEndpoint
  const client = neon(databaseUrl, { fullResults: true })
  return {
    query: (text, parameters, options) => client.query(text, parameters && [...parameters], options),
    transaction: (statements, flight) =>
      // The driver takes only statements of its own `query`, which these are.
      client.transaction(statements() as unknown as NeonStatement[], {
        ...AS_ARRAYS,
        fetchOptions: fetchOptions(flight),
        readOnly: flight.readOnly,
      }),
    execute: (text, parameters, flight) =>
      client.query(text, [...parameters], { ...AS_ARRAYS, fetchOptions: fetchOptions(flight) }),
  }
}

/** The driver names the database in a header of every request. */
function fetchFromEndpoint(url: string, init: NeonInit): Promise<Response> {
  const sent = init.headers['Neon-Connection-String']
  if (!routes.has(sent)) routes.set(sent, endpoints.get(loginOf(sent)))
  return boundedFetch(routes.get(sent) ?? url, init)
}

function loginOf(connectionString: string): string {
  const { username, password, host, pathname } = new URL(connectionString)
  return JSON.stringify([username, password, host, pathname])
}

type NeonInit = BoundedInit & { readonly headers: { readonly 'Neon-Connection-String': string } }

type NeonStatement = NeonQueryPromise<false, true>

/** A redirect is never followed: the request's headers hold the login. */
function fetchOptions({ signal, maxAnswerBytes }: Flight): object {
  return { signal, maxAnswerBytes, redirect: 'manual' }
}
