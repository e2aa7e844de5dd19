/** The hard cases of Netflix's published titles. */

import { describe, expect, test } from 'vitest'
import {
  matchKey,
  originalShow,
  splitOriginal,
  splitSeason,
} from '../../../scripts/examples/netflix/workbooks/titles.ts'

const none = null

describe('a series title splits into show and season', () => {
  test.each([
    // raw title, show, season, season number, part number
    ['Bridgerton: Season 3', 'Bridgerton', 'Season 3', 3, none],
    ['Baby Reindeer: Limited Series', 'Baby Reindeer', 'Limited Series', none, none],
    ['Money Heist: Part 5', 'Money Heist', 'Part 5', 5, none],
    ['Berserk: The Golden Age Arc: Season 1', 'Berserk: The Golden Age Arc', 'Season 1', 1, none],
    ['Love, Death & Robots: Volume 3', 'Love, Death & Robots', 'Volume 3', 3, none],
    ['The Legend of Korra: Book Two: Spirits', 'The Legend of Korra', 'Book Two: Spirits', 2, none],
    [
      'Miraculous: Tales of Ladybug & Cat Noir: Season 2: Part 1',
      'Miraculous: Tales of Ladybug & Cat Noir',
      'Season 2: Part 1',
      2,
      1,
    ],
    ['Booba: Season 2 (Part 1)', 'Booba', 'Season 2 (Part 1)', 2, 1],
    ['LEGO Ninjago: Season 3 Part 2 - Seabound', 'LEGO Ninjago', 'Season 3 Part 2 - Seabound', 3, 2],
    ['The Chef Show: Season 1 - Volume 3', 'The Chef Show', 'Season 1 - Volume 3', 1, 3],
    ['The Sinner: Season 4: Percy', 'The Sinner', 'Season 4: Percy', 4, none],
    [
      'Shadowhunters: The Mortal Instruments: Season 3B',
      'Shadowhunters: The Mortal Instruments',
      'Season 3B',
      3,
      none,
    ],
    ['Attack on Titan: The Final Season Part 3', 'Attack on Titan', 'The Final Season Part 3', none, 3],
    ['One Outs: season 1', 'One Outs', 'season 1', 1, none],
    ['Chris Tall: Part II', 'Chris Tall', 'Part II', 2, none],
    ['Wormwood: Chapters 1-6', 'Wormwood', 'Chapters 1-6', none, none],
    ['Titeuf (2001): Saison 2', 'Titeuf (2001)', 'Saison 2', 2, none],
    ['Arifureta: From Commonplace: 1st season', 'Arifureta: From Commonplace', '1st season', 1, none],
    [
      'Demon Slayer: Kimetsu no Yaiba: Hashira Training Arc',
      'Demon Slayer: Kimetsu no Yaiba',
      'Hashira Training Arc',
      none,
      none,
    ],
    ['The Deep State: Season 1\u200e', 'The Deep State', 'Season 1', 1, none],
    ['Furies: Season 1:', 'Furies', 'Season 1', 1, none],
    ['Barbarians: II', 'Barbarians', 'II', 2, none],
    ['Love Is Blind: S10: Ohio', 'Love Is Blind', 'S10: Ohio', 10, none],
    ['Raw: December 8, 2025', 'Raw', 'December 8, 2025', none, none],
    ['Idol I: 시즌 1', 'Idol I', '시즌 1', 1, none],
  ])('%s', (raw, show, season, seasonNumber, partNumber) => {
    expect(splitSeason(raw)).toEqual({ show, season, seasonNumber, partNumber })
  })
})

describe('a colon alone is not a season', () => {
  test.each([
    'Queen Charlotte: A Bridgerton Story',
    'Dave Chappelle: The Closer',
    'The Witcher: Fireplace',
    'Ferry: The Series',
    'Series Mania: Participants',
    'Stranger Things 2',
    'Chapter',
    ': Season 1 of nothing'.slice(2),
    'Partners: Participation',
  ])('%s', (raw) => {
    expect(splitSeason(raw)).toMatchObject({ show: raw, season: null, seasonNumber: null })
  })
})

describe('a report that names the show says where its name ends', () => {
  test.each([
    ['DAHMER: Monster: The Jeffrey Dahmer Story', 'DAHMER', 'Monster: The Jeffrey Dahmer Story', none],
    ['Stranger Things 5', 'Stranger Things', '5', 5],
    ['Furies: Season 2: : Resistance', 'Furies', 'Season 2: Resistance', 2],
    ['The Snow Girl: 2. The Soul Game', 'The Snow Girl', '2. The Soul Game', 2],
    ['The Snow Girl 1.', 'The Snow Girl', '1.', 1],
    ['Homicide: New York: Season 2', 'Homicide', 'New York: Season 2', none],
    ['Barbarians', 'Barbarians', none, none],
  ])('%s', (raw, show, season, seasonNumber) => {
    expect(splitSeason(raw, show)).toMatchObject({ show, season, seasonNumber })
  })
})

describe('originals are kept', () => {
  test.each([
    ['Society of the Snow // La sociedad de la nieve', 'Society of the Snow', 'La sociedad de la nieve'],
    [
      'The Untamed: Season 1 // 陳情令: 第 1 季 // 陈情令: 第 1 季',
      'The Untamed: Season 1',
      '陳情令: 第 1 季 // 陈情令: 第 1 季',
    ],
    ['Damsel', 'Damsel', none],
    ['표적', '표적', none],
    ['AC/DC: Live', 'AC/DC: Live', none],
    ['Nothing after // ', 'Nothing after', none],
  ])('%s', (raw, title, originalTitle) => {
    expect(splitOriginal(raw)).toEqual({ title, originalTitle })
  })

  test("a show's original name loses its season in any language", () => {
    const original = (raw: string) => {
      const { title, originalTitle } = splitOriginal(raw)
      return originalShow(originalTitle ?? '', splitSeason(title))
    }
    expect(original('Berlin: Season 1 // Berlín: Temporada 1')).toBe('Berlín')
    expect(original('The Untamed: Season 1 // 陳情令: 第 1 季 // 陈情令: 第 1 季')).toBe('陳情令 // 陈情令')
    expect(original('The Club: Season 1 // Kulüp: 1. Sezon')).toBe('Kulüp')
    expect(original('When I Fly Towards You // 當我飛奔向你')).toBe('當我飛奔向你')
  })
})

test('spellings of one name share a key, and different names do not', () => {
  expect(matchKey('Avatar: The Last Airbender')).toBe(matchKey('Avatar The Last  Airbender'))
  expect(matchKey('JoJo’s Bizarre Adventure')).toBe(matchKey("JOJO'S BIZARRE ADVENTURE"))
  expect(matchKey('怪物')).not.toBe(matchKey('표적'))
  expect(matchKey('???')).not.toBe(matchKey('!!!'))
})
