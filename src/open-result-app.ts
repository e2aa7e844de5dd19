/** Opens the App that draws results: a file of the deployment's assets, so no part of the bundle. */

import type { Bindings } from './infra/config/bindings.ts'

/** Path of the built page (`web/app`). The binding looks at the path alone. */
const RESULT_APP = 'https://assets.invalid/app/'

/** Reads its HTML; undefined in a deployment without assets. */
export function openResultApp({ assets }: Bindings): (() => Promise<string>) | undefined {
  if (assets === undefined) return undefined
  return async () => {
    const response = await assets.fetch(RESULT_APP)
    if (!response.ok) throw new Error(`The App is answered with status ${response.status}.`)
    return response.text()
  }
}
