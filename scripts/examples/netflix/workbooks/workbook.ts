/**
 * Opens an .xlsx workbook and streams its sheets row by row. Memory holds the shared strings (a cell's text
 * is an index into them) and one row, never a sheet. Formulas and styles are ignored.
 */

import { crc32 } from 'node:zlib'
import { type Entry, openPromise, type ZipFile } from 'yauzl'
import { rowWalker, type SheetRow, sharedStringWalker } from './sheet.ts'
import { type Walker, walkXml } from './xml.ts'

/** Zip bomb limit: many times the largest report so far (5 MB). */
const PART_MAX_BYTES = 256 * 1024 * 1024
const MAIN_PART = 'xl/workbook.xml'
const RELATIONS_PART = 'xl/_rels/workbook.xml.rels'
const STRINGS_PART = 'xl/sharedStrings.xml'

/** The file is no readable workbook. The message is one sentence for the user who named the file. */
export class WorkbookError extends Error {
  override readonly name = 'WorkbookError'
}

export interface Sheet {
  readonly name: string
  rows(): AsyncGenerator<SheetRow>
}

/** Opens the workbook, runs `work` and always closes it. */
export async function withWorkbook<T>(
  path: string,
  work: (sheets: readonly Sheet[]) => Promise<T>,
): Promise<T> {
  let zip: ZipFile
  try {
    zip = await openPromise(path, { autoClose: false, lazyEntries: true })
  } catch (error) {
    throw unreadable(path, error)
  }
  try {
    return await work(await sheetsOf(path, zip))
  } finally {
    zip.close()
  }
}

async function sheetsOf(path: string, zip: ZipFile): Promise<Sheet[]> {
  try {
    const entries = new Map<string, Entry>()
    for await (const entry of zip.eachEntry()) entries.set(entry.fileName, entry)
    const part = (name: string) => openPart(zip, entries.get(name), name)

    const targets = new Map<string, string>()
    for await (const { Id = '', Target = '' } of walkXml(
      await part(RELATIONS_PART),
      tagWalker('Relationship'),
    )) {
      targets.set(Id, Target.startsWith('/') ? Target.slice(1) : `xl/${Target}`)
    }
    const strings: string[] = []
    if (entries.has(STRINGS_PART)) {
      for await (const text of walkXml(await part(STRINGS_PART), sharedStringWalker())) strings.push(text)
    }
    const sheets: Sheet[] = []
    for await (const tag of walkXml(await part(MAIN_PART), tagWalker('sheet'))) {
      const target = targets.get(relationOf(tag)) ?? ''
      sheets.push({ name: tag.name ?? '', rows: () => rowsOf(path, () => part(target), strings) })
    }
    return sheets
  } catch (error) {
    throw unreadable(path, error)
  }
}

async function* rowsOf(
  path: string,
  open: () => Promise<AsyncIterable<Buffer>>,
  strings: readonly string[],
): AsyncGenerator<SheetRow> {
  try {
    yield* walkXml(await open(), rowWalker(strings))
  } catch (error) {
    throw unreadable(path, error)
  }
}

async function openPart(
  zip: ZipFile,
  entry: Entry | undefined,
  name: string,
): Promise<AsyncIterable<Buffer>> {
  if (entry === undefined) throw new Error(`it has no part "${name}"`)
  if (entry.uncompressedSize > PART_MAX_BYTES)
    throw new Error(`its part "${name}" is too large to be a report`)
  await checkSum(zip, entry)
  return zip.openReadStreamPromise(entry)
}

/**
 * Verifies the CRC before the part is used, because the library does not, and a damaged digit would be a
 * wrong figure.
 */
async function checkSum(zip: ZipFile, entry: Entry): Promise<void> {
  let sum = 0
  for await (const chunk of await zip.openReadStreamPromise(entry)) sum = crc32(chunk, sum)
  if (sum !== entry.crc32) throw new Error(`its part "${entry.fileName}" is damaged`)
}

/** Collects the attributes of every tag with this name. */
function tagWalker(name: string): Walker<Readonly<Record<string, string>>> {
  const done: Readonly<Record<string, string>>[] = []
  return {
    open: (opened, attributes) => {
      if (opened === name) done.push(attributes)
    },
    text: () => undefined,
    close: () => undefined,
    take: () => done.splice(0),
  }
}

/** `r:id` with any namespace prefix. */
function relationOf(tag: Readonly<Record<string, string>>): string {
  return Object.entries(tag).find(([name]) => name.endsWith(':id'))?.[1] ?? ''
}

function unreadable(path: string, cause: unknown): WorkbookError {
  const reason = cause instanceof Error ? cause.message : 'unreadable'
  if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') {
    return new WorkbookError(`There is no file ${path}.`, { cause })
  }
  return new WorkbookError(`${path} is not an .xlsx workbook that can be read: ${firstSentence(reason)}.`, {
    cause,
  })
}

function firstSentence(text: string): string {
  if (text.startsWith('End of central directory')) return 'it is no zip file, or is cut short'
  return (text.split(/\n|\. /)[0] ?? '').replace(/\.$/, '')
}
