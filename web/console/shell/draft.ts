/** Drafts of forms, kept while the person is at the login for more scopes; a logout forgets them. */

import { useState } from 'preact/hooks'

type Texts = Readonly<Record<string, string>>

const PREFIX = 'rowgate.draft.'

export function useDraft(form: string): readonly [Texts, (texts: Texts) => void] {
  const [texts, setTexts] = useState<Texts>(() => JSON.parse(sessionStorage.getItem(PREFIX + form) ?? '{}'))
  return [
    texts,
    (changed) => {
      sessionStorage.setItem(PREFIX + form, JSON.stringify(changed))
      setTexts(changed)
    },
  ]
}
