/** Refusals and warnings of a plan. */

export interface Finding {
  /** As the file names it; undefined if it is of the whole source. */
  readonly table?: string
  /** A sentence: what is wrong, and the rule. */
  readonly said: string
  /** The line of `rowgate.yaml` that would answer it, where there is one. */
  readonly write?: string
  /** The owner's SQL that would answer it, where there is some. */
  readonly run?: string
}

/** Collected while a plan is made, so that it names everything at once. */
export class Findings {
  readonly refusals: Finding[] = []
  readonly warnings: Finding[] = []

  refuse(table: string | undefined, said: string, write?: string): void {
    this.refusals.push(finding(table, said, write))
  }

  warn(table: string | undefined, said: string, write?: string): void {
    this.warnings.push(finding(table, said, write))
  }
}

function finding(table: string | undefined, said: string, write: string | undefined): Finding {
  return { said, ...(table === undefined ? {} : { table }), ...(write === undefined ? {} : { write }) }
}
