/**
 * Builds `web/` into the files that the platform serves beside the Worker: the console with its hashed
 * chunks, and the MCP App as one HTML file. None of it is part of the Worker's bundle.
 */

import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BuildOptions, build, type Metafile, type OutputFile } from 'esbuild'

const WEB = fileURLToPath(new URL('../../../web/', import.meta.url))

export interface Asset {
  /** Path below the origin, without the slash before it. */
  readonly path: string
  readonly content: Uint8Array
  /** Whether the page asks for it before anything is done there. */
  readonly isFirst?: boolean
}

/** Browsers of the last two and a half years. */
const TARGET = ['es2022', 'chrome120', 'firefox121', 'safari17']

const COMMON = {
  absWorkingDir: WEB,
  write: false,
  bundle: true,
  minify: true,
  format: 'esm',
  target: TARGET,
  legalComments: 'none',
  define: { 'process.env.NODE_ENV': '"production"' },
} as const satisfies BuildOptions

export async function buildAssets(): Promise<Asset[]> {
  const headers = { path: '_headers', content: readFileSync(`${WEB}_headers`) }
  return [headers, ...(await buildConsole()), await buildApp()]
}

async function buildConsole(): Promise<Asset[]> {
  const [worker] = await buildFiles({ login: 'console/login/worker.ts' }, {})
  const files = await buildFiles(
    { main: 'console/main.tsx' },
    { LOGIN_WORKER: JSON.stringify(`/${worker?.path}`) },
  )
  const urlOf = (pattern: RegExp) => `/${files.find(({ path }) => pattern.test(path))?.path}`
  const html = filled('console/index.html', {
    style: `<link rel="stylesheet" href="${urlOf(/main-\w+\.css$/)}" />`,
    script: `<script type="module" src="${urlOf(/main-\w+\.js$/)}"></script>`,
  })
  return [
    { path: 'console/index.html', content: html, isFirst: true },
    ...files,
    ...(worker === undefined ? [] : [worker]),
  ]
}

/** Each entry and what it loads later as a file whose name holds a hash of its content. */
async function buildFiles(
  entryPoints: Readonly<Record<string, string>>,
  define: Readonly<Record<string, string>>,
): Promise<Asset[]> {
  const { outputFiles, metafile } = await build({
    ...COMMON,
    entryPoints,
    define: { ...COMMON.define, ...define },
    metafile: true,
    splitting: true,
    outdir: 'files',
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
  })
  const first = loadedAtOnce(metafile)
  return outputFiles.map((file) => {
    const name = basename(file.path)
    return { path: `console/files/${name}`, content: file.contents, isFirst: first.has(name) }
  })
}

/** Names of the entries, their style sheets, and what they import other than by `import()`. */
function loadedAtOnce({ outputs }: Metafile): ReadonlySet<string> {
  const found = new Set<string>()
  const add = (path: string) => {
    const output = outputs[path]
    if (output === undefined || found.has(basename(path))) return
    found.add(basename(path))
    if (output.cssBundle !== undefined) add(output.cssBundle)
    for (const { path: imported, kind } of output.imports) if (kind !== 'dynamic-import') add(imported)
  }
  for (const [path, { entryPoint }] of Object.entries(outputs)) {
    // A module that is loaded later is an entry of its own.
    const isLoadedLater = Object.values(outputs).some(({ imports }) =>
      imports.some(({ path: imported, kind }) => imported === path && kind === 'dynamic-import'),
    )
    if (entryPoint !== undefined && !isLoadedLater) add(path)
  }
  return found
}

/** A client loads one text, so style and script are inside it. */
async function buildApp(): Promise<Asset> {
  const { outputFiles } = await build({
    ...COMMON,
    entryPoints: ['app/main.tsx'],
    outdir: '.',
    format: 'iife',
  })
  // The end of the element, written in a string of the script, would end the element.
  const script = textOf(outputFiles, '.js').replaceAll(/<\/(?=script)/gi, '<\\/')
  const html = filled('app/index.html', {
    style: `<style>${textOf(outputFiles, '.css')}</style>`,
    script: `<script>${script}</script>`,
  })
  return { path: 'app/index.html', content: html }
}

function textOf(files: readonly OutputFile[], ending: string): string {
  return files.find(({ path }) => path.endsWith(ending))?.text.trim() ?? ''
}

/** Replaces the template's comments that name a value. */
function filled(template: string, values: Readonly<Record<string, string>>): Uint8Array {
  const text = readFileSync(`${WEB}${template}`, 'utf8')
  return Buffer.from(text.replaceAll(/<!-- (\w+) -->/g, (_, name: string) => values[name] ?? ''))
}
