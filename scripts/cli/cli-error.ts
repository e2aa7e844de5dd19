/** A reason that a person can act on, told in one sentence and without a stack trace. */

export class Refusal extends Error {
  override readonly name = 'Refusal'
}

/** Runs a script to its end; a `Refusal` is its last word and exit code 1. */
export async function runScript(script: () => Promise<void>): Promise<void> {
  try {
    await script()
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    console.error(error.message)
    process.exitCode = 1
  }
}
