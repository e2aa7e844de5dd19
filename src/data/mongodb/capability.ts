/** What a toolset may ask of MongoDB. */

export type JsonDocument = Readonly<Record<string, unknown>>

/** A collection as its toolset declares it. */
export interface Collection {
  readonly name: string
  /** Fields that hold dates: a text in ISO 8601 beside them means one. */
  readonly dates: readonly string[]
  /** The field that no two documents of a tenant may share, and what to say where they would. */
  readonly uniqueInTenant: string
  readonly conflict: string
}

export interface Documents {
  readonly documents: readonly JsonDocument[]
  /** Whether there are more. */
  readonly truncated: boolean
}

/** In MongoDB's language. Whatever a caller sends is read against lists of what is allowed. */
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
 * MongoDB as one caller sees it: their own documents and no others. Documents are plain JSON, in and out,
 * with EJSON's `$date`, `$oid` and `$number…` on the way in. Errors are `RowgateError`s.
 */
export interface MongoDb {
  /**
   * The document as it is stored. A key of the caller's that was used before gives the first one, unchanged.
   */
  insert(into: Collection, document: JsonDocument, key?: string): Promise<JsonDocument>
  find(from: Collection, find: Find): Promise<Documents>
  aggregate(from: Collection, aggregate: Aggregate): Promise<Documents>
}
