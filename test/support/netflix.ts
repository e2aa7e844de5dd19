/** Two small reports in the form of Netflix's own: public titles, figures of the published order of size. */

import type { CellValue } from './xlsx.ts'

type Rows = readonly (readonly CellValue[])[]

const HEADER = ['Title', 'Available Globally?', 'Release Date', 'Hours Viewed', 'Runtime', 'Views']

/** January to June 2024, with a note above the header as the newer reports have it. */
export const engagement: Record<string, Rows> = {
  TV: [
    HEADER,
    ['Bridgerton: Season 3', 'Yes', '2024-05-16', 733_800_000, '7:59', 91_900_000],
    ['Baby Reindeer: Limited Series', 'Yes', '2024-04-11', 347_600_000, '3:58', 87_600_000],
    ['Berlin: Season 1 // Berlín: Temporada 1', 'Yes', '2023-12-29', 306_600_000, '6:34', 46_700_000],
    ['Bridgerton: Season 1', 'Yes', '2020-12-25', 300_700_000, '8:12', 36_700_000],
    ['Queen Charlotte: A Bridgerton Story', 'Yes', '2023-05-04', 120_000_000, '6:10', 19_500_000],
    ['Stranger Things 3', 'Yes', '2019-07-04', 80_400_000, '7:15', 11_100_000],
    ['Stranger Things 3: Behind the Scenes: Season 1', 'No', null, 100_000, '*', 100_000],
  ],
  Film: [
    ['January - June 2024'],
    HEADER,
    ['Damsel', 'Yes', '2024-03-08', 263_700_000, '1:50', 143_800_000],
    ['Society of the Snow // La sociedad de la nieve', 'Yes', '2024-01-04', 247_900_000, '2:24', 103_300_000],
    ['Ballerina // 발레리나', 'Yes', '2023-10-06', 5_000_000, '1:34', 3_200_000],
    ['Monster', 'Yes', '2024-05-16', 9_800_000, '1:25', 6_900_000],
    ['Monster', 'Yes', '2021-05-07', 1_300_000, '1:39', 800_000],
  ],
}

/** Two weeks of March 2024 and one of 2021, which has neither runtime nor views. */
export const weekly: Record<string, Rows> = {
  'Top 10': [
    [
      ...['week', 'category', 'weekly_rank', 'show_title', 'season_title', 'weekly_hours_viewed', 'runtime'],
      ...['weekly_views', 'cumulative_weeks_in_top_10'],
    ],
    ['2024-03-17', 'Films (English)', 1, 'Damsel', 'N/A', 64_000_000, 1.8333, 34_900_000, 2],
    ['2024-03-17', 'Films (Non-English)', 4, 'Society of the Snow', 'N/A', 5_000_000, 2.4, 2_100_000, 11],
    ['2024-03-17', 'TV (English)', 9, 'Bridgerton', 'Bridgerton: Season 1', 9_000_000, 8.2, 1_100_000, 30],
    ['2024-03-10', 'Films (English)', 1, 'Damsel', 'N/A', 64_800_000, 1.8333, 35_300_000, 1],
    ['2024-03-10', 'Films (English)', 2, 'Ballerina', 'N/A', 6_000_000, 1.4833, 4_000_000, 1],
    ['2024-03-10', 'TV (Non-English)', 6, 'Berlin', 'Berlin: Season 1', 7_000_000, 6.5667, 1_000_000, 10],
    ['2024-03-10', 'TV (English)', 8, 'Stranger Things', 'Stranger Things 3', 6_000_000, 7.25, 800_000, 12],
    ['2021-07-04', 'TV (Non-English)', 8, 'Elite', 'Elite: Season 2', 10_140_000, null, null, 1],
  ],
}
