/** Toolset netflix: viewing figures from Netflix's own reports. Reads only; a command imports the reports. */

import { tableOutput } from '../../toolkit/page.ts'
import { READS, type Toolset, tool } from '../../toolkit/tool.ts'
import {
  compareTitlesInput,
  searchTitlesInput,
  titleInput,
  titleOutput,
  titlesOutput,
  topTitlesInput,
  topTitlesOutput,
  trendsOutput,
  viewingTrendsInput,
} from './schema.ts'
import { compareTitles, getTitle, searchTitles, topTitles, viewingTrends } from './service.ts'

const READ = 'netflix:read'
/** Shared by everyone: the reports are public. New ones appear weekly. */
const REPORTS = { ttlSeconds: 300, per: 'everyone', version: 1 } as const

export const netflix: Toolset = {
  name: 'netflix',
  title: 'Netflix viewing figures',
  engine: 'postgres',
  tables: { [READ]: ['netflix.*'] },
  tools: [
    tool({
      name: 'search_titles',
      title: 'Search titles',
      description:
        'Finds films and shows by name, best match first. Gives the ids that the other tools take.',
      scope: READ,
      annotations: READS,
      input: searchTitlesInput,
      output: titlesOutput,
      handler: (input, { connections }) => searchTitles(connections.postgres, input),
    }),
    tool({
      name: 'get_title',
      title: 'Get a title',
      description:
        'Returns one film or show: names, release, runtime, seasons, hours viewed per half year, and its record in the weekly top 10.',
      scope: READ,
      annotations: READS,
      input: titleInput,
      output: titleOutput,
      handler: (input, { connections }) => getTitle(connections.postgres, input.title_id),
    }),
    tool({
      name: 'top_titles',
      title: 'Most watched titles',
      description:
        'Ranks the most watched films and seasons of a week or a half year, by views (by hours where views are not published). `rank` counts what you asked for, `list_rank` is that of the published weekly ten.',
      scope: READ,
      annotations: READS,
      input: topTitlesInput,
      output: topTitlesOutput,
      cache: { ...REPORTS, version: 2 },
      handler: (input, { connections }) => topTitles(connections.postgres, input),
    }),
    tool({
      name: 'compare_titles',
      title: 'Compare titles',
      description:
        'Compares titles: hours and views of the half-yearly reports, weeks and best rank in the weekly top 10. A show counts with all its seasons.',
      scope: READ,
      annotations: READS,
      input: compareTitlesInput,
      output: tableOutput,
      handler: (input, { connections }) => compareTitles(connections.postgres, input.title_ids),
    }),
    tool({
      name: 'viewing_trends',
      title: 'Weekly viewing of a title',
      description:
        'Lists rank, hours and views of a title for each week in the top 10, oldest first, one row a season. A week is named by its Monday.',
      scope: READ,
      annotations: READS,
      input: viewingTrendsInput,
      output: trendsOutput,
      cache: REPORTS,
      handler: (input, { connections }) => viewingTrends(connections.postgres, input),
    }),
  ],
}
