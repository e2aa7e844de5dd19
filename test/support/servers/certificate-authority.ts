/** A certificate authority of the test's own, made with openssl in a directory that goes with it. */

import { execFile, spawnSync } from 'node:child_process'
import { appendFile, chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** Paths of PEM files, which every user of the machine may read: a database runs as one of its own. */
export interface Certificate {
  /** With the authority's own behind it. */
  readonly cert: string
  readonly key: string
}

export interface Authority {
  /** The path of its own certificate. */
  readonly cert: string
  /** A server's certificate, for names as openssl writes them: `DNS:localhost,IP:127.0.0.1`. */
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
 * An authority that the Workers of this process trust. It has to be there before wrangler is loaded, which then reads whom
 * to trust. Undefined where there is no openssl; with REQUIRE_ENGINES=1 that is a failure instead.
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
