/**
 * Every kind of node that a query may contain, and every field of it. Anything else is refused, so a newer
 * parser, which knows more, cannot admit what nobody has reviewed.
 */

/** The content of a field, which decides how the walk goes on. */
export type Field =
  /** A number, flag or name that does not change what the query may touch. */
  | { readonly holds: 'plain' }
  /** One node or a list of nodes. */
  | { readonly holds: 'nodes' }
  /** A nested message of this kind. */
  | { readonly holds: 'message'; readonly kind: string }
  /** One of these words. */
  | { readonly holds: 'word'; readonly words: ReadonlySet<string> }
  /** Never allowed, for this reason. */
  | { readonly holds: 'nothing'; readonly reason: string }

type Fields = Readonly<Record<string, Field>>

const plain: Field = { holds: 'plain' }
const nodes: Field = { holds: 'nodes' }
const message = (kind: string): Field => ({ holds: 'message', kind })
const word = (...words: string[]): Field => ({ holds: 'word', words: new Set(words) })
const never = (reason: string): Field => ({ holds: 'nothing', reason })

const select: Fields = {
  distinctClause: nodes,
  intoClause: never('`SELECT INTO` creates a table; this tool only reads.'),
  targetList: nodes,
  fromClause: nodes,
  whereClause: nodes,
  groupClause: nodes,
  groupDistinct: plain,
  havingClause: nodes,
  windowClause: nodes,
  valuesLists: nodes,
  sortClause: nodes,
  limitOffset: nodes,
  limitCount: nodes,
  limitOption: plain,
  lockingClause: never('`FOR UPDATE` and `FOR SHARE` lock rows; leave the clause out.'),
  withClause: message('WithClause'),
  op: word('SETOP_NONE', 'SETOP_UNION', 'SETOP_INTERSECT', 'SETOP_EXCEPT'),
  all: plain,
  larg: message('SelectStmt'),
  rarg: message('SelectStmt'),
}

const names: Record<string, Fields> = {
  String: { sval: plain },
  Integer: { ival: plain },
  Float: { fval: plain },
  Boolean: { boolval: plain },
  BitString: { bsval: plain },
  List: { items: nodes },
  Alias: { aliasname: plain, colnames: nodes },
  A_Star: {},
}

const sources: Record<string, Fields> = {
  RangeVar: {
    catalogname: never('A table is named `schema.table`, without a database before it.'),
    schemaname: plain,
    relname: plain,
    inh: plain,
    relpersistence: word('p'),
    alias: message('Alias'),
    location: plain,
  },
  RangeSubselect: { lateral: plain, subquery: nodes, alias: message('Alias') },
  RangeFunction: {
    lateral: plain,
    ordinality: plain,
    is_rowsfrom: plain,
    functions: nodes,
    alias: message('Alias'),
    coldeflist: nodes,
  },
  RangeTableSample: { relation: nodes, method: nodes, args: nodes, repeatable: nodes, location: plain },
  ColumnDef: {
    colname: plain,
    typeName: message('TypeName'),
    is_local: plain,
    collClause: message('CollateClause'),
    location: plain,
  },
  JoinExpr: {
    jointype: word('JOIN_INNER', 'JOIN_LEFT', 'JOIN_FULL', 'JOIN_RIGHT'),
    isNatural: plain,
    larg: nodes,
    rarg: nodes,
    usingClause: nodes,
    join_using_alias: message('Alias'),
    quals: nodes,
    alias: message('Alias'),
    rtindex: plain,
  },
  WithClause: { ctes: nodes, recursive: plain, location: plain },
  CommonTableExpr: {
    ctename: plain,
    aliascolnames: nodes,
    ctematerialized: plain,
    ctequery: nodes,
    search_clause: message('CTESearchClause'),
    cycle_clause: message('CTECycleClause'),
    location: plain,
  },
  CTESearchClause: {
    search_col_list: nodes,
    search_breadth_first: plain,
    search_seq_column: plain,
    location: plain,
  },
  CTECycleClause: {
    cycle_col_list: nodes,
    cycle_mark_column: plain,
    cycle_mark_value: nodes,
    cycle_mark_default: nodes,
    cycle_path_column: plain,
    location: plain,
  },
}

const expressions: Record<string, Fields> = {
  ResTarget: { name: plain, indirection: nodes, val: nodes, location: plain },
  ColumnRef: { fields: nodes, location: plain },
  ParamRef: { number: plain, location: plain },
  A_Const: {
    ival: message('Integer'),
    fval: message('Float'),
    boolval: message('Boolean'),
    sval: message('String'),
    bsval: message('BitString'),
    isnull: plain,
    location: plain,
  },
  A_Expr: {
    kind: word(
      'AEXPR_OP',
      'AEXPR_OP_ANY',
      'AEXPR_OP_ALL',
      'AEXPR_DISTINCT',
      'AEXPR_NOT_DISTINCT',
      'AEXPR_NULLIF',
      'AEXPR_IN',
      'AEXPR_LIKE',
      'AEXPR_ILIKE',
      'AEXPR_SIMILAR',
      'AEXPR_BETWEEN',
      'AEXPR_NOT_BETWEEN',
      'AEXPR_BETWEEN_SYM',
      'AEXPR_NOT_BETWEEN_SYM',
    ),
    name: nodes,
    lexpr: nodes,
    rexpr: nodes,
    rexpr_list_start: plain,
    rexpr_list_end: plain,
    location: plain,
  },
  BoolExpr: { boolop: word('AND_EXPR', 'OR_EXPR', 'NOT_EXPR'), args: nodes, location: plain },
  NullTest: { arg: nodes, nulltesttype: plain, argisrow: plain, location: plain },
  BooleanTest: { arg: nodes, booltesttype: plain, location: plain },
  FuncCall: {
    funcname: nodes,
    args: nodes,
    agg_order: nodes,
    agg_filter: nodes,
    over: message('WindowDef'),
    agg_within_group: plain,
    agg_star: plain,
    agg_distinct: plain,
    func_variadic: plain,
    funcformat: plain,
    location: plain,
  },
  NamedArgExpr: { arg: nodes, name: plain, argnumber: plain, location: plain },
  WindowDef: {
    name: plain,
    refname: plain,
    partitionClause: nodes,
    orderClause: nodes,
    frameOptions: plain,
    startOffset: nodes,
    endOffset: nodes,
    location: plain,
  },
  SortBy: { node: nodes, sortby_dir: plain, sortby_nulls: plain, useOp: nodes, location: plain },
  GroupingSet: { kind: plain, content: nodes, location: plain },
  GroupingFunc: { args: nodes, location: plain },
  TypeCast: { arg: nodes, typeName: message('TypeName'), location: plain },
  TypeName: {
    names: nodes,
    setof: never('`SETOF` is not a type that a value can be cast to.'),
    pct_type: never('`%TYPE` is not allowed in a query; name the type itself.'),
    typmods: nodes,
    typemod: plain,
    arrayBounds: nodes,
    location: plain,
  },
  CollateClause: { arg: nodes, collname: nodes, location: plain },
  CaseExpr: { arg: nodes, args: nodes, defresult: nodes, location: plain },
  CaseWhen: { expr: nodes, result: nodes, location: plain },
  CoalesceExpr: { args: nodes, location: plain },
  MinMaxExpr: { op: word('IS_GREATEST', 'IS_LEAST'), args: nodes, location: plain },
  RowExpr: { args: nodes, row_format: plain, colnames: nodes, location: plain },
  SubLink: {
    subLinkType: word(
      'EXISTS_SUBLINK',
      'ALL_SUBLINK',
      'ANY_SUBLINK',
      'ROWCOMPARE_SUBLINK',
      'EXPR_SUBLINK',
      'ARRAY_SUBLINK',
    ),
    testexpr: nodes,
    operName: nodes,
    subselect: nodes,
    location: plain,
  },
  SQLValueFunction: { op: plain, typmod: plain, location: plain },
  A_ArrayExpr: { elements: nodes, list_start: plain, list_end: plain, location: plain },
  A_Indirection: { arg: nodes, indirection: nodes },
  A_Indices: { is_slice: plain, lidx: nodes, uidx: nodes },
}

const json: Record<string, Fields> = {
  JsonFormat: { format_type: plain, encoding: plain, location: plain },
  JsonReturning: { format: message('JsonFormat'), typmod: plain },
  JsonOutput: { typeName: message('TypeName'), returning: message('JsonReturning') },
  JsonValueExpr: { raw_expr: nodes, formatted_expr: nodes, format: message('JsonFormat') },
  JsonKeyValue: { key: nodes, value: message('JsonValueExpr') },
  JsonArgument: { val: message('JsonValueExpr'), name: plain },
  JsonBehavior: { btype: plain, expr: nodes, coerce: plain, location: plain },
  JsonObjectConstructor: {
    exprs: nodes,
    output: message('JsonOutput'),
    absent_on_null: plain,
    unique: plain,
    location: plain,
  },
  JsonArrayConstructor: {
    exprs: nodes,
    output: message('JsonOutput'),
    absent_on_null: plain,
    location: plain,
  },
  JsonArrayQueryConstructor: {
    query: nodes,
    output: message('JsonOutput'),
    format: message('JsonFormat'),
    absent_on_null: plain,
    location: plain,
  },
  JsonAggConstructor: {
    output: message('JsonOutput'),
    agg_filter: nodes,
    agg_order: nodes,
    over: message('WindowDef'),
    location: plain,
  },
  JsonObjectAgg: {
    constructor: message('JsonAggConstructor'),
    arg: message('JsonKeyValue'),
    absent_on_null: plain,
    unique: plain,
  },
  JsonArrayAgg: {
    constructor: message('JsonAggConstructor'),
    arg: message('JsonValueExpr'),
    absent_on_null: plain,
  },
  JsonIsPredicate: {
    expr: nodes,
    format: message('JsonFormat'),
    item_type: plain,
    unique_keys: plain,
    location: plain,
  },
  JsonParseExpr: {
    expr: message('JsonValueExpr'),
    output: message('JsonOutput'),
    unique_keys: plain,
    location: plain,
  },
  JsonScalarExpr: { expr: nodes, output: message('JsonOutput'), location: plain },
  JsonSerializeExpr: { expr: message('JsonValueExpr'), output: message('JsonOutput'), location: plain },
  JsonFuncExpr: {
    op: word('JSON_EXISTS_OP', 'JSON_QUERY_OP', 'JSON_VALUE_OP'),
    column_name: plain,
    context_item: message('JsonValueExpr'),
    pathspec: nodes,
    passing: nodes,
    output: message('JsonOutput'),
    on_empty: message('JsonBehavior'),
    on_error: message('JsonBehavior'),
    wrapper: plain,
    quotes: plain,
    location: plain,
  },
  JsonTablePathSpec: { string: nodes, name: plain, name_location: plain, location: plain },
  JsonTable: {
    context_item: message('JsonValueExpr'),
    pathspec: message('JsonTablePathSpec'),
    passing: nodes,
    columns: nodes,
    on_error: message('JsonBehavior'),
    alias: message('Alias'),
    lateral: plain,
    location: plain,
  },
  JsonTableColumn: {
    coltype: plain,
    name: plain,
    typeName: message('TypeName'),
    pathspec: message('JsonTablePathSpec'),
    format: message('JsonFormat'),
    wrapper: plain,
    quotes: plain,
    columns: nodes,
    on_empty: message('JsonBehavior'),
    on_error: message('JsonBehavior'),
    location: plain,
  },
}

/** A Map, so that a kind called `constructor` or `__proto__` finds nothing. */
export const NODES: ReadonlyMap<string, ReadonlyMap<string, Field>> = new Map(
  Object.entries({ SelectStmt: select, ...names, ...sources, ...expressions, ...json }).map(
    ([kind, fields]) => [kind, new Map(Object.entries(fields))],
  ),
)
