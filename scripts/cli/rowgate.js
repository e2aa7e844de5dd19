#!/usr/bin/env node
// @ts-check
/**
 * The launcher of the command-line program. It is plain JavaScript, so it runs on the machine's own Node (20
 * or later). The program itself is TypeScript and runs on the Node version that the project pins.
 */

import { spawn } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'

const MAIN = new URL('./main.ts', import.meta.url)
const BINARY = process.platform === 'win32' ? 'node.exe' : 'node'
const PINNED = fileURLToPath(new URL(`../../node_modules/node/bin/${BINARY}`, import.meta.url))

if (!existsSync(PINNED)) {
  console.error('The packages are not installed: run `npm install` in the folder of rowgate first.')
  process.exitCode = 1
} else if (realpathSync(process.execPath) === realpathSync(PINNED)) {
  await import(MAIN.href)
} else {
  runOnPinnedNode()
}

function runOnPinnedNode() {
  const child = spawn(PINNED, [fileURLToPath(MAIN), ...process.argv.slice(2)], { stdio: 'inherit' })
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => child.kill(signal))
  }
  child.once('exit', (code, signal) => {
    // A shell's convention for a program that a signal ended: 128 + the signal's number.
    process.exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal])
  })
}
