/** Puts a row-security policy in words: which rows the caller sees. */

const YOU = 'you'
const YOUR_TENANT = 'your tenant'

const VERIFIED = new RegExp(`^(?:true|${YOU} IS NOT NULL)$`)
const OWN = new RegExp(`^(\\w+) = (${YOU}|${YOUR_TENANT})$`)
const ASSIGNED = new RegExp(
  `^(\\w+) = ANY \\(ARRAY\\( SELECT (\\w+)\\.\\w+ FROM ([\\w.]+) \\2 WHERE \\(\\2\\.\\w+ = (${YOU}|${YOUR_TENANT})\\)\\)\\)$`,
)

/**
 * `expression`: the condition as Postgres prints it. One of an unknown form is described by its name only,
 * since it may contain anything; `comment on policy` can describe it.
 */
export function policyInWords(name: string, expression: string | null): string {
  const plain = simplify(expression ?? 'true')
  if (VERIFIED.test(plain)) return 'You see all rows'
  const conditions = plain.split(/(?<=\)) AND (?=\()/).map((part) => conditionInWords(unwrap(part)))
  if (conditions.includes(undefined)) return `You see the rows that the policy ${name} gives you`
  return `You see the rows whose ${conditions.join(', and ')}`
}

function conditionInWords(condition: string): string | undefined {
  const own = OWN.exec(condition)
  if (own !== null) return `\`${own[1]}\` is ${own[2]}`
  const assigned = ASSIGNED.exec(condition)
  if (assigned !== null) return `\`${assigned[1]}\` is in \`${assigned[3]}\` for ${assigned[4]}`
  return undefined
}

function simplify(expression: string): string {
  const named = expression
    .replace(/\s+/g, ' ')
    .replace(/\( SELECT rowgate\.user_id\(\) AS user_id\)/g, YOU)
    .replace(/\( SELECT rowgate\.tenant_id\(\) AS tenant_id\)/g, YOUR_TENANT)
  return unwrap(named)
}

/** Removes brackets if one pair encloses the whole text. */
function unwrap(text: string): string {
  if (!text.startsWith('(') || !text.endsWith(')')) return text
  let depth = 0
  for (const [at, character] of [...text].entries()) {
    if (character === '(') depth += 1
    if (character === ')') depth -= 1
    if (depth === 0 && at < text.length - 1) return text
  }
  return text.slice(1, -1)
}
