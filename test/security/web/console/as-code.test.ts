/** Threat: an argument ends the quotes of a command that a person copies, or a token is copied with it. */

import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { asCurl, asPython, asTypeScript } from '../../../../web/console/pages/tools/as-code.ts'

const HOSTILE = `it's $(touch /tmp/x) \`id\` "quoted" \\ \${TOKEN} \n'; rm -rf ~ #`
const call = {
  ...{ url: 'http://localhost:4747/mcp', tool: 'query' },
  arguments: { sql: HOSTILE, limit: 3 },
}

/** The arguments that a shell would give to curl. */
function argumentsInShell(command: string): string[] {
  const script = command.replace(/^curl/, "printf '%s\\0'")
  return execFileSync('sh', ['-c', script], { env: { TOKEN: 'secret' } })
    .toString()
    .split('\0')
}

test('a shell gives curl the arguments as they are, and the token from the environment', () => {
  const given = argumentsInShell(asCurl(call))
  const body = JSON.parse(given[given.indexOf('-d') + 1] ?? '')
  expect(body.params).toEqual({ name: 'query', arguments: call.arguments })
  expect(given).toContain('Authorization: Bearer secret')
})

test('the arguments in TypeScript and Python read as they were written', () => {
  const written = /arguments: (\{.*?\}),\n\}\)/s.exec(asTypeScript(call))?.[1] ?? ''
  expect(JSON.parse(written)).toEqual(call.arguments)
  const line = /json\.loads\((".*")\)/.exec(asPython(call))?.[1] ?? ''
  expect(JSON.parse(JSON.parse(line))).toEqual(call.arguments)
})

test.each([asCurl, asTypeScript, asPython])('no token is written: %o', (write) => {
  expect(write(call)).toMatch(/TOKEN/)
  expect(write(call)).not.toContain('eyJ')
})
