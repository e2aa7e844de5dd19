/** The operators that a query may use: PostgreSQL's own, pgvector's distances and pg_trgm's similarities. */

import { words } from '../../infra/text.ts'

const arithmetic = words('= <> != < <= > >= + - * / % ^ |/ ||/ @ & | # ~ << >>')

/** Text: concatenation, LIKE and its variants, regular expressions, starts-with, byte-wise order. */
const texts = words('|| ~~ !~~ ~~* !~~* !~ ~* !~* ^@ ~<~ ~<=~ ~>~ ~>=~')

/** JSON, arrays, ranges, geometry, addresses. */
const containers = words(`
  -> ->> #> #>> #- ? ?| ?& @> <@ @? @@ && -|- &< &> <<= >>= ~=
  <<| |>> &<| |&> ## ?# ?- ?-| ?|| <^ >^ @-@ @@@ !! *= *<>`)

/** pgvector: Euclidean, inner product, cosine, taxicab, Hamming, Jaccard. */
const distances = words('<-> <#> <=> <+> <~> <%>')

/** pg_trgm. */
const similarities = words('%> <<% %>> <<-> <->> <<<-> <->>>')

export const ALLOWED_OPERATORS: ReadonlySet<string> = new Set([
  ...arithmetic,
  ...texts,
  ...containers,
  ...distances,
  ...similarities,
])
