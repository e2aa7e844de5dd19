/** Unit factors that several files use. */

export const MS_PER_S = 1_000
