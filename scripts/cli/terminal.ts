/**
 * Terminal injection: everything that a command prints goes through here. Names, cells and error texts come
 * from other people's files and servers. Unescaped, they could move the cursor, change earlier output or hide
 * a part of it.
 */

/**
 * Control characters (C0 and C1) except tab and line feed; invisible and reordering characters (bidirectional
 * controls, zero-width characters, soft hyphen, line and paragraph separators, tags); lone surrogates.
 */
const UNPRINTABLE =
  /[\p{Cc}\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}\p{Cs}]/gu

/** Escapes what must not be printed: ESC becomes `\x1b`. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => {
    if (character === '\n' || character === '\t') return character
    const code = character.codePointAt(0) ?? 0
    return code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`
  })
}

/** The same on one line: a line break becomes a space. */
export function printableLine(text: string): string {
  return printable(text.replace(/\s*\n\s*/g, ' '))
}

export function print(text: string): void {
  console.log(printable(text))
}

export function printWarning(text: string): void {
  console.warn(printable(text))
}

/** Always one line. */
export function printError(text: string): void {
  console.error(printableLine(text))
}

/** On a terminal it overwrites its own line; elsewhere each call prints a line. */
export function printProgress(text: string): void {
  process.stdout.write(process.stdout.isTTY ? `\r${printableLine(text)}` : `${printableLine(text)}\n`)
}

export function endProgress(): void {
  if (process.stdout.isTTY) process.stdout.write('\n')
}
