/** Chooses the embedder by the settings. It loads and connects on first use. */

import { ConfigError, type EmbedderSettings } from '../infra/config/settings.ts'
import { createBuiltinEmbedder } from './builtin.ts'
import type { Embedder } from './embedding.ts'
import { createOpenAiEmbedder } from './openai.ts'
import { createWorkersAiEmbedder, type WorkersAi } from './workers-ai.ts'

/** `ai`: the binding `AI`, if there is one. Throws `ConfigError` if the chosen embedder is not available. */
export function createEmbedder(config: EmbedderSettings, ai: unknown): Embedder {
  const { EMBEDDER: kind, EMBEDDER_URL: url, EMBEDDER_MODEL: model, EMBEDDER_KEY: key } = config
  switch (kind) {
    case 'builtin':
      return createBuiltinEmbedder(async () => (await import('#word-vectors')).default)
    case 'workers-ai':
      if (!isWorkersAi(ai)) {
        throw new ConfigError('AI is not bound: EMBEDDER=workers-ai needs the binding `AI` in wrangler.toml.')
      }
      return createWorkersAiEmbedder(ai, model)
    case 'openai':
      if (url === undefined || model === undefined) {
        throw new ConfigError('EMBEDDER_URL and EMBEDDER_MODEL are needed with EMBEDDER=openai.')
      }
      return createOpenAiEmbedder({ url, model, key })
  }
}

function isWorkersAi(value: unknown): value is WorkersAi {
  return typeof value === 'object' && value !== null && 'run' in value
}
