/** Parses an XML stream and yields what the walker has collected, chunk by chunk. */

import { StringDecoder } from 'node:string_decoder'
import sax from 'sax'

/** Handlers for tags and text. Names come without namespace prefix, which writers choose freely. */
export interface Walker<T> {
  open(name: string, attributes: Readonly<Record<string, string>>): void
  text(text: string): void
  close(name: string): void
  /** Takes the items completed since the last call. */
  take(): T[]
}

/** Throws for malformed XML. A doctype is refused, against entity attacks (XXE); workbooks have none. */
export async function* walkXml<T>(stream: AsyncIterable<Buffer>, walker: Walker<T>): AsyncGenerator<T> {
  const parser = sax.parser(true)
  let fault: Error | undefined
  parser.onerror = (error) => {
    fault ??= error
  }
  parser.ondoctype = () => {
    fault ??= new Error('a document type is not allowed')
  }
  parser.onopentag = (tag) => {
    // Without the `xmlns` option every attribute is a string, which the types do not say.
    const attributes = tag.attributes as Record<string, string>
    walker.open(local(tag.name), attributes)
  }
  parser.ontext = (text) => walker.text(text)
  parser.oncdata = (text) => walker.text(text)
  parser.onclosetag = (name) => walker.close(local(name))

  const decoder = new StringDecoder('utf8')
  for await (const chunk of stream) {
    parser.write(decoder.write(chunk))
    if (fault !== undefined) throw fault
    yield* walker.take()
  }
  parser.write(decoder.end()).close()
  if (fault !== undefined) throw fault
  yield* walker.take()
}

function local(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}
