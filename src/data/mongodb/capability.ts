/** MongoDB: the capability for toolsets. */

export type JsonDocument = Readonly<Record<string, unknown>>

/** A collection, as its toolset declares it. */
export interface Collection {
  readonly name: string
  /** Date fields: a text in ISO 8601 compared with one means a date. */
  readonly dates: readonly string[]
  /** The field that no two documents of one owner may share, and what to say where they would. */
  readonly uniqueAmongOwn: string
  readonly conflict: string
}

export interface Documents {
  readonly documents: readonly JsonDocument[]
  /** Whether there are more. */
  readonly truncated: boolean
}

/** In MongoDB's query language. Everything that a caller sends is checked against allow-lists. */
export interface Find {
  readonly query?: unknown
  readonly sort: unknown
  readonly projection?: unknown
  readonly skip?: number | undefined
  readonly limit: number
}

export interface Aggregate {
  readonly query?: unknown
  readonly pipeline: unknown
  readonly limit: number
}

/**
 * MongoDB as one caller sees it: only the caller's own documents. Documents are plain JSON in both
 * directions; input may use EJSON's `$date`, `$oid` and `$number…`. Errors are `RowgateError`s.
 */
export interface MongoDb {
  /**
   * Returns the stored document. A `key` that the caller used before returns the first document, unchanged.
   */
  insert(into: Collection, document: JsonDocument, key?: string): Promise<JsonDocument>
  find(from: Collection, find: Find): Promise<Documents>
  aggregate(from: Collection, aggregate: Aggregate): Promise<Documents>
}
