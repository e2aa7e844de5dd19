/** Catalogues for tests of what is decided on one, written in a few words. */

import type {
  Catalogue,
  CatalogueColumn,
  CatalogueTable,
  ForeignKey,
} from '../../../scripts/operate/source/catalogue.ts'

type TableWords = Partial<Omit<CatalogueTable, 'columns'>> & { readonly columns?: readonly string[] }

/** Tables of `public`, by name; see `columnOf` for how a column is written. */
export function catalogueOf(tables: Readonly<Record<string, TableWords>>): Catalogue {
  return {
    database: 'app',
    version: 150_000,
    user: 'owner',
    roles: ['owner'],
    tables: Object.entries(tables).map(([name, words]) => tableOf(name, words)),
  }
}

function tableOf(name: string, { columns = [], ...words }: TableWords): CatalogueTable {
  const made = columns.map(columnOf)
  return {
    ...{ schema: 'public', name, kind: 'table', owner: 'owner', mayGrant: true, comment: undefined },
    ...{ estimatedRows: 100, bytes: 8192, key: made[0]?.name === 'id' ? ['id'] : [], foreignKeys: [] },
    ...{ indexes: [], triggers: [], rowSecurity: { enabled: false, forced: false }, policies: [] },
    ...{
      grantees: [],
      partitionKey: [],
      reads: [],
      readsColumns: [],
      securityInvoker: false,
      definerFunctions: [],
    },
    ...words,
    columns: made,
  }
}

/** `name type`, with `?` after a column that may be null and `-- comment` at the end. */
function columnOf(words: string): CatalogueColumn {
  const [, name = '', nullable, type = 'text', , comment] =
    /^(.+?)(\?)?(?: ([a-z ]+?))?(?: (-- )(.*))?$/.exec(words) ?? []
  return {
    ...{
      name,
      type,
      baseType: type,
      typeKind: 'base',
      isArray: false,
      values: [],
      notNull: nullable === undefined,
    },
    ...{ hasDefault: false, generated: false, sequence: undefined, comment, hasStatistics: false },
  }
}

/** `issue_id -> issues` */
export function foreignKey(words: string, to = 'id'): ForeignKey {
  const [column = '', table = ''] = words.split(' -> ')
  return { name: `${column}_fkey`, columns: [column], schema: 'public', table, to: [to] }
}
