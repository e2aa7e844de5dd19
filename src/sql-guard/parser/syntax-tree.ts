/**
 * Reads the parser's JSON without trusting its shape. A message is one struct; a node is `{ Kind: message }`.
 */

export type Message = Readonly<Record<string, unknown>>

export interface TreeNode {
  readonly kind: string
  readonly message: Message
}

export function isMessage(value: unknown): value is Message {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The fields of a message; none for any other value. */
export function fieldsOf(value: unknown): Message {
  return isMessage(value) ? value : {}
}

/**
 * The node in `value`, or undefined where the parser wrote a null pointer (`{}` or nothing) or something
 * unknown.
 */
export function asNode(value: unknown): TreeNode | undefined {
  if (!isMessage(value)) return undefined
  let kind: string | undefined
  // Hot path: every part of every query passes here, and `Object.entries` takes ten times as long.
  for (const key in value) {
    if (kind !== undefined) return undefined
    kind = key
  }
  const message = kind === undefined ? undefined : value[kind]
  return kind !== undefined && isMessage(message) ? { kind, message } : undefined
}

/** The message of the node in `value` when it is of this kind. */
export function messageOf(value: unknown, kind: string): Message | undefined {
  const node = asNode(value)
  return node?.kind === kind ? node.message : undefined
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/**
 * A qualified name, such as `["pg_catalog", "sum"]`. A part that is not a string (a `*`) is returned as ''.
 */
export function nameParts(value: unknown): readonly string[] {
  return list(value).map((part) => text(messageOf(part, 'String')?.sval))
}

/** A string field; the parser leaves out empty ones. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** Every node below `value`, itself included, in no particular order. Iterative, as trees may be deep. */
export function* nodesBelow(value: unknown): Generator<TreeNode> {
  const pending: unknown[] = [value]
  while (pending.length > 0) {
    const next = pending.pop()
    if (Array.isArray(next)) {
      pending.push(...next)
      continue
    }
    if (!isMessage(next)) continue
    const node = asNode(next)
    if (node !== undefined) yield node
    pending.push(...Object.values(next))
  }
}

/** Whether objects nest more than `most` deep. Iterative, as trees may be deep. */
export function nestsDeeper(value: unknown, most: number): boolean {
  let level: unknown[] = [value]
  for (let depth = 0; depth <= most; depth += 1) {
    const below: unknown[] = []
    for (const item of level) if (typeof item === 'object' && item !== null) addInner(item, below)
    if (below.length === 0) return false
    level = below
  }
  return true
}

/** Adds the objects in a value; a list adds no depth. */
function addInner(value: object, to: unknown[]): void {
  for (const inner of Object.values(value)) {
    if (Array.isArray(inner)) to.push(...inner)
    else if (typeof inner === 'object' && inner !== null) to.push(inner)
  }
}
