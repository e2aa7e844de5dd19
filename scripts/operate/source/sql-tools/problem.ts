/** A fault in a SQL tool's file, with its line. */
export class ToolProblem extends Error {
  override readonly name = 'ToolProblem'
  /** From 1. */
  readonly line: number
  constructor(line: number, reason: string) {
    super(reason)
    this.line = line
  }
}
