/** `--claim NAME=VALUE`: a further claim of a local token. */

import { InvalidArgumentError, Option } from '@commander-js/extra-typings'

export type ClaimValues = Readonly<Record<string, string>>

export function claimOption() {
  return new Option('--claim <name=value>', 'a further claim of the token; may be repeated').argParser(
    (text: string, known?: ClaimValues): ClaimValues => {
      const [, name, value] = /^([^=\s]+)=(.+)$/s.exec(text) ?? []
      if (name === undefined || value === undefined) {
        throw new InvalidArgumentError('It must be NAME=VALUE, such as org_id=42.')
      }
      return { ...known, [name]: value }
    },
  )
}
