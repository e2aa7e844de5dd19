/** Parses a published title: English name, original names, and for a series the show and season. */

const ORIGINAL_SEPARATOR = /\s*\/\/\s*/
/** Direction marks, zero-width characters and control characters. The workbooks contain some. */
const INVISIBLE = /[\u200b-\u200f\u202a-\u202e\u2060\ufeff]|(?!\s)\p{Cc}/gu

const NUMBER_WORDS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten']
const ROMAN_NUMERALS = ['', 'i', 'ii', 'iii', 'iv', 'v', 'vi', 'vii', 'viii', 'ix', 'x']

const NUMBER = `(?:\\d{1,3}|${NUMBER_WORDS.join('|')}|[ivx]{1,4})`
const MONTH = '(?:January|February|March|April|May|June|July|August|September|October|November|December)'

/** Patterns of a season's label, tried from the start of each part of a title. */
const SEASON_LABELS = [
  new RegExp(
    `^(?:Season|Series|Part|Volume|Vol\\.?|Book|Chapters?|Collection|Class|Temporada|Saison|Staffel|Stagione)\\s*(${NUMBER})(?![\\p{L}\\p{N}]{2}|-\\d)`,
    'iu',
  ),
  /^(?:The\s+)?(?:Complete\s+|Final\s+)?(?:Limited Series|Mini-?series|Miniserie|Final Season|Complete Series)/iu,
  /^(\d{1,3})(?:st|nd|rd|th|ª|\.)\s*(?:season|stage|temporada|sezon|staffel)/iu,
  /^S(\d{1,2})$/u,
  /^(\d{1,2})\.\s/u,
  /^(?:시즌|シーズン|第)\s*(\d{1,3})/u,
  /^([IVX]{1,4})$/u,
  /^Collection$/u,
  /^Chapters \d+-\d+/u,
  new RegExp(`^${MONTH} \\d{1,2}, \\d{4}$`, 'u'),
]

/** An arc is a season only at the very end: "Berserk: The Golden Age Arc" has seasons of its own. */
const CLOSING_ARC = /\sArc$/u

const NESTED_PART = new RegExp(`(?:Part|Volume|Vol\\.?|Batch|パート)\\s*(${NUMBER})(?![\\p{L}\\p{N}])`, 'iu')

export interface PublishedTitle {
  /** The name before the first `//`. */
  readonly title: string
  /** The rest, which may have several originals; or null. */
  readonly originalTitle: string | null
}

export interface SeriesTitle {
  readonly show: string
  /** The season as written in the title; null if the title is the show's name. */
  readonly season: string | null
  readonly seasonNumber: number | null
  readonly partNumber: number | null
}

/** Trims, removes invisible characters and collapses white space. */
export function tidy(text: string): string {
  return text.toWellFormed().normalize('NFC').replace(INVISIBLE, '').replace(/\s+/gu, ' ').trim()
}

/** Spellings of the same name have the same key: only letters and digits count, without case. */
export function matchKey(title: string): string {
  const words = title
    .normalize('NFKC')
    .toLowerCase()
    .match(/[\p{L}\p{M}\p{N}]+/gu)
  return words === null ? tidy(title).toLowerCase() : words.join(' ')
}

/** `Society of the Snow // La sociedad de la nieve` is a name and its original. */
export function splitOriginal(raw: string): PublishedTitle {
  const [title = '', ...originals] = tidy(raw).split(ORIGINAL_SEPARATOR)
  const kept = originals.filter((original) => original !== '')
  return { title, originalTitle: kept.length === 0 ? null : kept.join(' // ') }
}

/**
 * `Bridgerton: Season 3` is a show and its season. A colon alone is no proof ("Queen Charlotte: A Bridgerton
 * Story"): only a part that reads like a season is one, unless `show` gives the show's name.
 */
export function splitSeason(title: string, show?: string): SeriesTitle {
  const tidied = tidy(title)
  if (show !== undefined) return splitAfterShow(tidied, tidy(show))

  const parts = tidied.split(/:\s+|:$/u)
  const last = parts.length - 1
  const first = parts.findIndex(
    (part, at) =>
      at > 0 && (SEASON_LABELS.some((label) => label.test(part)) || (at === last && CLOSING_ARC.test(part))),
  )
  if (first === -1) return { show: tidied, season: null, seasonNumber: null, partNumber: null }
  return series(parts.slice(0, first).join(': '), parts.slice(first))
}

/** The show's name in the original language: the title without its season parts. */
export function originalShow(originalTitle: string, title: SeriesTitle): string {
  if (title.season === null) return originalTitle
  const seasonParts = title.season.split(/:\s+/u).length
  const names = originalTitle.split(ORIGINAL_SEPARATOR).map((original) => {
    const parts = original.split(/\s*[:：]\s*/u)
    return parts.slice(0, Math.max(1, parts.length - seasonParts)).join(': ')
  })
  return names.join(' // ')
}

function splitAfterShow(title: string, show: string): SeriesTitle {
  const startsWithShow = title.toLowerCase().startsWith(show.toLowerCase())
  const rest = startsWithShow ? title.slice(show.length).replace(/^[\s:]+|[\s:]+$/gu, '') : ''
  if (rest !== '') return series(show, rest.split(/[\s:]*:\s*/u))
  return { show, season: startsWithShow ? null : title, seasonNumber: null, partNumber: null }
}

function series(show: string, parts: readonly string[]): SeriesTitle {
  const season = parts.filter((part) => part !== '').join(': ')
  const number = SEASON_LABELS.map((label) => label.exec(season)?.[1]).find((found) => found !== undefined)
  const bare = /^(\d{1,2})\.?$/u.exec(season)?.[1]
  const nested = NESTED_PART.exec(season)
  return {
    show,
    season,
    seasonNumber: toNumber(
      number ?? parts.map((part) => /^S(\d{1,2})$/u.exec(part)?.[1]).find(Boolean) ?? bare,
    ),
    partNumber: nested !== null && nested.index > 0 ? toNumber(nested[1]) : null,
  }
}

function toNumber(text: string | undefined): number | null {
  if (text === undefined) return null
  const word = text.toLowerCase()
  if (/^\d+$/u.test(word)) return Number(word)
  const position = Math.max(NUMBER_WORDS.indexOf(word), ROMAN_NUMERALS.indexOf(word))
  return position > 0 ? position : null
}
