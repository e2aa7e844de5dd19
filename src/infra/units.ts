/** Units that more than one file converts. */

export const MS_PER_S = 1_000
