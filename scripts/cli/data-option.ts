/** `--data`, shared by the commands that use the data folder of `npm start`. */

import { Option } from '@commander-js/extra-typings'
import { DEFAULT_DIRECTORY } from '../local/directory.ts'
import { folder } from './values.ts'

export function dataOption(description: string) {
  return new Option('--data <folder>', description)
    .argParser(folder)
    .default(DEFAULT_DIRECTORY, '.rowgate in the project')
}
