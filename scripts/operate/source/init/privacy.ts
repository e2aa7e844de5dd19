/**
 * Finds private columns by name, comment, type and a sample's shape, and says how to show them until a person
 * decides (samples.ts counts; no value is read).
 */

import type { ShownAs } from '../../../../src/infra/config/rowgate-file.ts'
import type { CatalogueColumn } from '../catalogue.ts'
import { wordsOf } from './names.ts'
import type { Shape } from './samples.ts'

export interface Shown {
  readonly shown: ShownAs
  /** Why it is not shown whole. */
  readonly why?: string
}

interface Rule {
  /** Words of a name, one after another: `api key`. */
  readonly names: readonly string[]
  readonly what: string
  /** Masks for text, and for everything else. */
  readonly text: ShownAs
  readonly other: ShownAs
}

const RULES: readonly Rule[] = [
  {
    names: [
      'password|passwd|pwd|passphrase|passcode|secret|secrets|token|tokens|otp|totp|salt|credential|credentials|cvv|cvc|pin|jwt|csrf',
      'api key|api token|auth token|access token|refresh token|access key|private key|secret key|signing key|encryption key|key hash|token hash|recovery code|recovery codes|backup codes|session id|session data|cookie|cookies',
      'encrypted|hashed|pubsub',
    ],
    what: 'a secret',
    text: 'hide',
    other: 'hide',
  },
  { names: ['email|mail address|e mail'], what: 'an e-mail address', text: 'mask(email)', other: 'hide' },
  {
    names: ['iban|bic|card number|credit card|pan|account number|routing number|bank account|sort code'],
    what: 'a bank account or a card',
    text: 'mask(last 4)',
    other: 'hide',
  },
  {
    names: ['phone|mobile|telephone|fax|phone number|msisdn|whatsapp'],
    what: 'a telephone number',
    text: 'mask(last 4)',
    other: 'hide',
  },
  {
    names: [
      'ssn|social security|national id|passport|passport number|tax id|tax number|vat id|driver license|licence number|nino',
    ],
    what: 'an official number of a person',
    text: 'hide',
    other: 'hide',
  },
  {
    names: ['born|birth|birthday|birthdate|dob|date of birth|birth date'],
    what: 'a date of birth',
    text: 'hide',
    other: 'year',
  },
  {
    names: ['address|street|home address|postal code|postcode|zip|zip code|latitude|longitude|geo location'],
    what: 'a postal address or a place',
    text: 'hide',
    other: 'hide',
  },
  {
    names: ['salary|wage|wages|income|compensation|bonus|net worth|credit score'],
    what: "a person's income",
    text: 'hide',
    other: 'hide',
  },
  {
    names: [
      'gender|sex|ethnicity|race|religion|diagnosis|medical|health|disability|blood type|marital status|sexual orientation|political',
    ],
    what: 'what the law protects most',
    text: 'hide',
    other: 'hide',
  },
  {
    names: ['ip|ip address|remote address|remote ip|sign in ip|user agent|mac address|device id'],
    what: 'an address of a device',
    text: 'hide',
    other: 'hide',
  },
]

const PRIVATE_COMMENT =
  /\b(private|confidential|secret|sensitive|personal data|pii|gdpr|do not (?:show|share))\b/i

const TEXT = /^(text|character varying|character|citext)\b/
/** Types of which a mask of text or a year can be made. */
const DATED = /^(date|timestamp)/

/** The mask of a column; `show` where nothing about it looks private. */
export function shownAs(column: CatalogueColumn, shape: Shape | undefined): Shown {
  const { baseType, comment, isArray } = column
  const isText = TEXT.test(baseType) && !isArray && column.typeKind !== 'enum'
  const rule = ruleFor(column)
  if (rule !== undefined) return byRule(rule, column, isText)
  if (comment !== undefined && PRIVATE_COMMENT.test(comment)) {
    return { shown: 'hide', why: 'its comment says that it is private' }
  }
  if (baseType === 'bytea' && !isArray) return { shown: 'size', why: 'bytes' }
  if (baseType === 'bytea') return { shown: 'hide', why: 'bytes' }
  return isId(column.name) && shape !== 'email' && shape !== 'secret'
    ? { shown: 'show' }
    : byShape(shape, isText)
}

/** Long numbers of rows look like those of cards. */
function isId(name: string): boolean {
  return /^(id|uuid|number|no|code|key|sku|ref|reference)$/.test(wordsOf(name).at(-1) ?? '')
}

function ruleFor({ name, baseType, isArray }: CatalogueColumn): Rule | undefined {
  // A count or a flag about a private thing is not private: `has_password`, `email_verified`, `token_count`.
  if (baseType === 'boolean' || /^timestamp|^date$/.test(baseType)) return isDate(name, isArray)
  const words = ` ${wordsOf(name).join(' ')} `
  if (/ (count|id|type|kind|status|version|length|limit|budget|used) $/.test(words) && !namesExactly(words)) {
    return undefined
  }
  return RULES.find(({ names }) =>
    // Also as one word: `apikey`, `authtoken`, `phonenumber`.
    names.some((list) =>
      list
        .split('|')
        .some((each) => words.includes(` ${each} `) || words.includes(` ${each.replaceAll(' ', '')} `)),
    ),
  )
}

function namesExactly(words: string): boolean {
  return RULES.some(({ names }) => names.some((list) => list.split('|').includes(words.trim())))
}

/** Of dates only one of birth is private. */
function isDate(name: string, isArray: boolean): Rule | undefined {
  const words = wordsOf(name)
  const rule = RULES.find(({ what }) => what === 'a date of birth')
  if (isArray || rule === undefined) return undefined
  return rule.names.some((list) =>
    list.split('|').some((each) => ` ${words.join(' ')} `.includes(` ${each} `)),
  )
    ? rule
    : undefined
}

function byRule({ what, text, other }: Rule, { baseType, isArray }: CatalogueColumn, isText: boolean): Shown {
  const why = `its name says ${what}`
  if (isText) return { shown: text, why }
  if (other === 'year' && !(DATED.test(baseType) && !isArray)) return { shown: 'hide', why }
  return { shown: other, why }
}

function byShape(shape: Shape | undefined, isText: boolean): Shown {
  switch (shape) {
    case undefined:
      return { shown: 'show' }
    case 'email':
      return isText
        ? { shown: 'mask(email)', why: 'its values look like e-mail addresses' }
        : { shown: 'hide', why: 'its values hold what looks like e-mail addresses' }
    case 'card':
      return isText
        ? { shown: 'mask(last 4)', why: 'its values look like card or account numbers' }
        : { shown: 'hide', why: 'its values hold what looks like card or account numbers' }
    case 'phone':
      return isText
        ? { shown: 'mask(last 4)', why: 'its values look like telephone numbers' }
        : { shown: 'hide', why: 'its values hold what looks like telephone numbers' }
    case 'secret':
      return { shown: 'hide', why: 'its values look like passwords, keys or tokens' }
  }
}
