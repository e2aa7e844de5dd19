/** Prints what the console and the MCP App weigh gzipped, as a browser loads them. */

import { gzipSync } from 'node:zlib'
import { type Asset, buildAssets } from '../build/prebuild/assets.ts'

export interface WebWeights {
  /** Bytes of the console before anything is done there. */
  readonly firstView: number
  /** Bytes of the console with all that is loaded later. */
  readonly console: number
  /** Bytes of the MCP App. */
  readonly app: number
}

function weightOf(assets: readonly Asset[]): number {
  return assets.reduce((sum, { content }) => sum + gzipSync(content).length, 0)
}

export function weigh(assets: readonly Asset[]): WebWeights {
  const ofConsole = assets.filter(({ path }) => path.startsWith('console/'))
  return {
    firstView: weightOf(ofConsole.filter(({ isFirst }) => isFirst === true)),
    console: weightOf(ofConsole),
    app: weightOf(assets.filter(({ path }) => path.startsWith('app/'))),
  }
}

function kib(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KiB`
}

if (import.meta.main) {
  const assets = await buildAssets()
  for (const { path, content } of assets)
    console.log(`${kib(weightOf([{ path, content }])).padStart(10)}  ${path}`)
  const { firstView, console: whole, app } = weigh(assets)
  console.log(`\nGzipped: first view ${kib(firstView)}, console ${kib(whole)}, MCP App ${kib(app)}`)
}
