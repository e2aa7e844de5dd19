/** A proposal for a database's part of `rowgate.yaml`, and what a person may say about it. */

import type { ShownAs, TableFile } from '../../../../src/infra/config/rowgate-file.ts'
import type { CatalogueTable } from '../catalogue.ts'
import type { Shown } from './privacy.ts'
import type { TenantProposal } from './tenant.ts'
import type { UserProposal } from './user.ts'
import type { Way } from './ways.ts'

/** A person's answers; undefined ones take the proposal. */
export interface Choices {
  /** A column, or `none`. */
  readonly tenant?: string | undefined
  readonly claim?: string | undefined
  /** `TABLE.COLUMN`, or `none`. */
  readonly user?: string | undefined
  /** The column of each table by which its rows are known, where there are two. */
  readonly ways?: Readonly<Record<string, string>> | undefined
  /** Columns, as `TABLE.COLUMN`, that are shown whole although they look private. */
  readonly show?: readonly string[] | undefined
  /**
   * Tables that are served although they were left out: to everybody, or with a policy on their row security.
   */
  readonly serve?: readonly string[] | undefined
  readonly writes?: readonly string[] | undefined
}

export interface ProposedTable {
  /** As the file names it. */
  readonly name: string
  readonly table: CatalogueTable
  /** Undefined: the table is left out. */
  readonly rows: TableFile['rows'] | undefined
  /** The rows of a table, or why it is left out. */
  readonly why: string
  /** More than one: a person may choose. */
  readonly ways: readonly Way[]
  readonly scope: string | undefined
  readonly columns: readonly ProposedColumn[]
  readonly accept: readonly ('triggers' | 'row security')[]
  readonly writes: Writes | undefined
  /** Whether `serve` can open it. */
  readonly mayServe: boolean
}

export interface ProposedColumn extends Shown {
  readonly name: string
  /** As it would be if nobody had said otherwise. */
  readonly proposed: ShownAs
}

export interface Proposal {
  readonly tenant: TenantProposal | undefined
  readonly tenants: readonly TenantProposal[]
  readonly user: UserProposal | undefined
  readonly users: readonly UserProposal[]
  readonly tables: readonly ProposedTable[]
}

/** Writes that agents may make to a table. */
export interface Writes {
  readonly allow: NonNullable<TableFile['allow']>
  readonly insert: readonly string[]
  readonly update: readonly string[]
  readonly set: Readonly<Record<string, string>>
}
