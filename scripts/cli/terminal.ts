/**
 * What the commands print. Names, cells and error texts come from files and servers of others; printed as they are, they could
 * move the cursor, change what was printed before or hide a part of it. So everything that is printed goes through here.
 */

/**
 * Controls, C1 ones included, but tab and line feed; what turns, joins or hides text (bidirectional controls, zero-width
 * characters, soft hyphen, line and paragraph separators, tags); and halves of surrogate pairs.
 */
const UNPRINTABLE =
  /[\p{Cc}\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}\p{Cs}]/gu

/** Shows what cannot be printed as an escape: ESC is `\x1b`. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => {
    if (character === '\n' || character === '\t') return character
    const code = character.codePointAt(0) ?? 0
    return code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`
  })
}

/** The same within one line, for a text that would otherwise begin a line of its own. */
export function printableLine(text: string): string {
  return printable(text.replace(/\s*\n\s*/g, ' '))
}

export function print(text: string): void {
  console.log(printable(text))
}

export function printWarning(text: string): void {
  console.warn(printable(text))
}

/** One line, whatever it holds. */
export function printError(text: string): void {
  console.error(printableLine(text))
}

/** One line that renews itself on a terminal; a line each time anywhere else. */
export function printProgress(text: string): void {
  process.stdout.write(process.stdout.isTTY ? `\r${printableLine(text)}` : `${printableLine(text)}\n`)
}

export function endProgress(): void {
  if (process.stdout.isTTY) process.stdout.write('\n')
}
