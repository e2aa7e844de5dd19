/** Walks an XML stream and hands over what the walker has gathered, chunk by chunk. */

import { StringDecoder } from 'node:string_decoder'
import sax from 'sax'

/** What to do at each tag and text; names come without their namespace prefix, which writers choose freely. */
export interface Walker<T> {
  open(name: string, attributes: Readonly<Record<string, string>>): void
  text(text: string): void
  close(name: string): void
  /** What has become complete since the last call. */
  take(): T[]
}

/** Throws when the XML is broken. A doctype is refused: workbooks have none, and entities are how XML attacks start. */
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
    // Without the `xmlns` option every attribute is a plain string; the types cannot say so.
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
