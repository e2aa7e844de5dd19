/** Writes small workbooks for tests: cells as they are given, strings shared, sheets in order, nothing compressed. */

import { writeFileSync } from 'node:fs'
import { crc32 } from 'node:zlib'

export type CellValue = string | number | null

const LOCAL_HEADER = 0x04034b50
const CENTRAL_HEADER = 0x02014b50
const END_RECORD = 0x06054b50

/** Writes the workbook and gives its path back. */
export function writeWorkbook(
  path: string,
  sheets: Readonly<Record<string, readonly (readonly CellValue[])[]>>,
): string {
  const strings: string[] = []
  const names = Object.keys(sheets)
  const parts: Record<string, string> = {
    'xl/workbook.xml': `<workbook xmlns:r="r"><sheets>${names
      .map((name, at) => `<sheet name="${escapeXml(name)}" sheetId="${at + 1}" r:id="rId${at + 1}"/>`)
      .join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships>${names
      .map((_, at) => `<Relationship Id="rId${at + 1}" Target="worksheets/sheet${at + 1}.xml"/>`)
      .join('')}</Relationships>`,
  }
  for (const [at, rows] of Object.values(sheets).entries()) {
    parts[`xl/worksheets/sheet${at + 1}.xml`] = sheetXml(rows, strings)
  }
  parts['xl/sharedStrings.xml'] =
    `<sst>${strings.map((text) => `<si><t>${escapeXml(text)}</t></si>`).join('')}</sst>`
  return writeZip(path, parts)
}

/** Writes any parts as a zip, for workbooks that are broken on purpose. */
export function writeZip(path: string, parts: Readonly<Record<string, string>>): string {
  const bodies: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [name, text] of Object.entries(parts)) {
    const nameBytes = Buffer.from(name)
    const data = Buffer.from(text)
    const common = [
      u16(20),
      u16(0x0800),
      u16(0),
      u16(0),
      u16(0x21),
      u32(crc32(data)),
      u32(data.length),
      u32(data.length),
    ]
    const local = Buffer.concat([
      u32(LOCAL_HEADER),
      ...common,
      u16(nameBytes.length),
      u16(0),
      nameBytes,
      data,
    ])
    directory.push(
      Buffer.concat([
        ...[u32(CENTRAL_HEADER), u16(20), ...common, u16(nameBytes.length), u16(0), u16(0), u16(0), u16(0)],
        ...[u32(0), u32(offset), nameBytes],
      ]),
    )
    bodies.push(local)
    offset += local.length
  }
  const central = Buffer.concat(directory)
  const count = u16(directory.length)
  const end = Buffer.concat([
    u32(END_RECORD),
    u16(0),
    u16(0),
    count,
    count,
    u32(central.length),
    u32(offset),
    u16(0),
  ])
  writeFileSync(path, Buffer.concat([...bodies, central, end]))
  return path
}

function sheetXml(rows: readonly (readonly CellValue[])[], strings: string[]): string {
  const cell = (value: CellValue, column: number, row: number) => {
    if (value === null) return ''
    const reference = `${String.fromCharCode(65 + column)}${row}`
    if (typeof value === 'number') return `<c r="${reference}"><v>${value}</v></c>`
    if (!strings.includes(value)) strings.push(value)
    return `<c r="${reference}" t="s"><v>${strings.indexOf(value)}</v></c>`
  }
  const body = rows.map(
    (cells, at) =>
      `<row r="${at + 1}">${cells.map((value, column) => cell(value, column, at + 1)).join('')}</row>`,
  )
  return `<worksheet><sheetData>${body.join('')}</sheetData></worksheet>`
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16LE(value)
  return bytes
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}
