/** A test's own certificate authority, made with openssl in a temporary directory. */

import { execFile, spawnSync } from 'node:child_process'
import { appendFile, chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** Paths of PEM files, readable by every user of the machine, because a database runs as another user. */
export interface Certificate {
  /** The certificate, followed by the authority's. */
  readonly cert: string
  readonly key: string
}

export interface Authority {
  /** Path of the authority's certificate. */
  readonly cert: string
  /** Issues a server certificate. `names` are in openssl's form: `DNS:localhost,IP:127.0.0.1`. */
  issue(names: string): Promise<Certificate>
  close(): Promise<void>
}

const PROGRAM = 'openssl'

const run = promisify(execFile)

export async function startAuthority(): Promise<Authority> {
  const directory = await mkdtemp(join(tmpdir(), 'rowgate-authority-'))
  await chmod(directory, 0o755)
  let issued = 0

  async function sign(name: string, ...how: string[]): Promise<Certificate> {
    const [cert, key] = [join(directory, `${name}.pem`), join(directory, `${name}.key`)]
    await run(PROGRAM, [
      ...[
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-noenc',
        '-days',
        '2',
      ],
      ...['-subj', `/CN=${name}`, '-out', cert, '-keyout', key, ...how],
    ])
    await chmod(key, 0o644)
    return { cert, key }
  }

  const own = await sign('authority')
  return {
    cert: own.cert,
    async issue(names) {
      issued += 1
      const signed = ['-CA', own.cert, '-CAkey', own.key, '-addext', 'basicConstraints=critical,CA:FALSE']
      const issue = await sign(`server-${issued}`, ...signed, '-addext', `subjectAltName=${names}`)
      await appendFile(issue.cert, await readFile(own.cert))
      return issue
    },
    close: () => rm(directory, { recursive: true, force: true }),
  }
}

/**
 * An authority that this process's Workers trust. Must be started before wrangler loads, which reads the
 * trusted certificates then. Undefined without openssl; with REQUIRE_ENGINES=1 it throws instead.
 */
export async function startTrustedAuthority(): Promise<Authority | undefined> {
  if (spawnSync(PROGRAM, ['version']).status !== 0) {
    if (process.env.REQUIRE_ENGINES === '1') throw new Error('REQUIRE_ENGINES=1, but there is no openssl.')
    console.warn('Skipped: needs openssl (Debian: apt-get install openssl).')
    return undefined
  }
  const authority = await startAuthority()
  process.env.NODE_EXTRA_CA_CERTS = authority.cert
  return authority
}
