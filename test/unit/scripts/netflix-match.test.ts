/** Matches a report's row with a known film, season or show. */

import { describe, expect, test } from 'vitest'
import {
  type Known,
  matchMovie,
  matchSeason,
  matchShow,
} from '../../../scripts/examples/netflix/workbooks/match.ts'

const known = (id: number, over: Partial<Known> = {}): Known => ({
  ...{ id, originalTitle: null, locale: null, runtimeMinutes: null },
  ...over,
})
const row = (over: Partial<Known> = {}) => known(0, over)

const nothingTaken = () => false

describe('a film', () => {
  test('of the same name and runtime is the same, whichever report speaks of it', () => {
    const engagement = known(1, { runtimeMinutes: 110, originalTitle: 'Ballerina // 발레리나' })
    expect(matchMovie(row({ runtimeMinutes: 111, locale: 'non-en' }), [engagement], nothingTaken)?.id).toBe(1)
    expect(matchMovie(row(), [engagement], nothingTaken)?.id).toBe(1)
  })

  test('of the same name is another one when runtime, original name or list differ', () => {
    const monsters = [
      known(1, { runtimeMinutes: 85 }),
      known(2, { runtimeMinutes: 126, originalTitle: '怪物' }),
    ]
    expect(matchMovie(row({ runtimeMinutes: 99 }), monsters, nothingTaken)).toBeUndefined()
    expect(
      matchMovie(row({ runtimeMinutes: 126, originalTitle: 'Monster' }), monsters, nothingTaken),
    ).toBeUndefined()
    expect(matchMovie(row({ locale: 'en' }), [known(1, { locale: 'non-en' })], nothingTaken)).toBeUndefined()
  })

  test('that the report has spoken of already is meant again only by exactly the same', () => {
    const films = [known(1, { runtimeMinutes: 99 })]
    const taken = () => true
    expect(matchMovie(row({ runtimeMinutes: 99 }), films, taken)?.id).toBe(1)
    expect(matchMovie(row({ runtimeMinutes: 100 }), films, taken)).toBeUndefined()
    expect(matchMovie(row({ runtimeMinutes: 99, originalTitle: '双子' }), films, taken)).toBeUndefined()
  })

  test('is the one that agrees most, and the older one of equals', () => {
    const candidates = [known(1), known(3, { runtimeMinutes: 85 }), known(2, { runtimeMinutes: 85 })]
    expect(matchMovie(row({ runtimeMinutes: 85 }), candidates, nothingTaken)?.id).toBe(2)
    expect(matchMovie(row(), candidates, nothingTaken)?.id).toBe(1)
  })
})

describe('a season', () => {
  test('grows longer without becoming another one', () => {
    expect(
      matchSeason(row({ runtimeMinutes: 400 }), [known(1, { runtimeMinutes: 200 })], nothingTaken)?.id,
    ).toBe(1)
  })

  test('of two shows of one name is told apart by what the report has spoken of already', () => {
    const taken = () => true
    expect(matchSeason(row({ originalTitle: 'カウボーイビバップ' }), [known(1)], taken)).toBeUndefined()
    expect(matchSeason(row(), [known(1)], taken)?.id).toBe(1)
  })
})

describe('a show', () => {
  test('keeps its seasons together when its original name is spelled a little differently', () => {
    expect(
      matchShow(row({ originalTitle: '낭만닥터 김사부' }), [known(1, { originalTitle: '낭만닥터 김사부1' })])
        ?.id,
    ).toBe(1)
    expect(
      matchShow(row({ originalTitle: '天官賜福 // 天官赐福' }), [known(1, { originalTitle: '天官賜福2' })])
        ?.id,
    ).toBe(1)
  })

  test('is not another one of the same English name', () => {
    expect(
      matchShow(row({ originalTitle: 'Kulüp' }), [known(1, { originalTitle: 'El club' })]),
    ).toBeUndefined()
    expect(
      matchShow(row({ originalTitle: '킹덤' }), [known(1, { originalTitle: 'キングダム' })]),
    ).toBeUndefined()
  })
})
