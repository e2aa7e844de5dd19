/** Saves a text as a file, by the browser. */

/** A spreadsheet takes CSV without it for the system's own encoding. */
const BYTE_ORDER_MARK = '\ufeff'

export interface SavedFile {
  readonly name: string
  readonly type: 'text/csv' | 'application/json'
  readonly text: string
}

/** Without anything that a file system refuses or a person would not see. */
export function fileName(label: string, ending: 'csv' | 'json'): string {
  const stem = label.replaceAll(/[^\p{L}\p{N}._-]+/gu, '-').replaceAll(/^[-.]+|[-.]+$/g, '')
  return `${stem.slice(0, 80) || 'result'}.${ending}`
}

export function withMark({ type, text }: SavedFile): string {
  return type === 'text/csv' ? `${BYTE_ORDER_MARK}${text}` : text
}

export function saveFile(file: SavedFile): void {
  const url = URL.createObjectURL(new Blob([withMark(file)], { type: `${file.type};charset=utf-8` }))
  const link = document.createElement('a')
  link.href = url
  link.download = file.name
  link.click()
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(url))
}
