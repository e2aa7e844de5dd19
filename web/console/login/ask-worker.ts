/** Asks the login worker, which starts at the first question. */

import { type LoginAnswers, LoginError, type LoginRequest } from './login.ts'

/** URL of the built worker; the build puts it in. */
declare const LOGIN_WORKER: string

/** As far as it is used; TypeScript's own types of the page do not have it. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): string }
}

let worker: Worker | undefined

/** The page's policy lets a script be loaded from no other address (`trusted-types` in web/_headers). */
function startWorker(): Worker {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes }
  const policy = trustedTypes?.createPolicy('rowgate', { createScriptURL: () => LOGIN_WORKER })
  return new Worker(policy?.createScriptURL('') ?? LOGIN_WORKER)
}

export function ask<Step extends LoginRequest['step']>(
  request: Extract<LoginRequest, { step: Step }>,
): Promise<LoginAnswers[Step]> {
  worker ??= startWorker()
  const { port1, port2 } = new MessageChannel()
  return new Promise((resolve, reject) => {
    port1.onmessage = ({ data }: MessageEvent<{ value: LoginAnswers[Step] } | { error: string }>) => {
      if ('error' in data) reject(new LoginError(data.error))
      else resolve(data.value)
    }
    worker?.postMessage(request, [port2])
  })
}
