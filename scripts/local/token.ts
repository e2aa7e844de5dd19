/** `rowgate token`: prints only a token of the local issuer, or its public keys, on standard output. */

import { UsageError } from '../cli/cli-error.ts'
import { print } from '../cli/terminal.ts'
import { openDirectory } from './directory.ts'
import { type Claims, openIssuer } from './issuer.ts'
import { allScopes } from './scopes.ts'
import { localSources } from './sources.ts'

/** A token, or the public keys that verify the folder's tokens. Without `scopes` it has every scope. */
export type TokenOptions = { readonly directory: string } & (
  | { readonly jwks: true }
  | ({ readonly jwks: false; readonly scopes: readonly string[] | undefined } & Omit<Claims, 'scopes'>)
)

export async function printToken(options: TokenOptions): Promise<void> {
  const scopes = options.jwks ? [] : knownScopes(options.scopes)
  const issuer = await openIssuer(await openDirectory(options.directory))
  print(options.jwks ? issuer.jwks : await issuer.sign({ ...options, scopes }))
}

function knownScopes(asked: readonly string[] | undefined): readonly string[] {
  const known = allScopes(localSources())
  const unknown = asked?.find((scope) => !known.includes(scope))
  if (unknown === undefined) return asked ?? known
  throw new UsageError(
    `--scopes names "${unknown}", which no tool requires. The scopes are ${known.join(', ')}.`,
  )
}
