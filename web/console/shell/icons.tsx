/** Icons of one stroke, drawn here: 16 by 16 units. */

import type { JSX } from 'preact'

const PATHS = {
  activity: 'M1.5 8h3l2-5 3 10 2-5h3',
  approve: 'M8 1.5l5.5 2v4c0 3.5-2.3 5.8-5.5 7-3.2-1.2-5.5-3.5-5.5-7v-4zM5.5 8l2 2 3-3.5',
  back: 'M10 3L5 8l5 5',
  check: 'M3 8.5l3.5 3.5L13 4.5',
  close: 'M4 4l8 8M12 4l-8 8',
  connect: 'M6 2v4M10 2v4M4 6h8v2.5a4 4 0 01-8 0zM8 12.5V15',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  data: 'M2 4c0-1.2 2.7-2 6-2s6 .8 6 2-2.7 2-6 2-6-.8-6-2zM2 4v8c0 1.2 2.7 2 6 2s6-.8 6-2V4M2 8c0 1.2 2.7 2 6 2s6-.8 6-2',
  eye: 'M1 8s2.5-4.5 7-4.5S15 8 15 8s-2.5 4.5-7 4.5S1 8 1 8zM8 6a2 2 0 100 4 2 2 0 000-4z',
  health: 'M8 13.5S2 10 2 5.8A3.2 3.2 0 018 4.2a3.2 3.2 0 016 1.6C14 10 8 13.5 8 13.5z',
  key: 'M10.5 2a3.5 3.5 0 00-3.4 4.4L2 11.5V14h2.5v-1.5H6V11h1.500l1.100-1.100A3.500 3.500 0 1010.500 2zM11.500 5h.01',
  link: 'M6.500 9.500l3-3M7 4.500l1.500-1.500a2.800 2.800 0 014 4L11 8.500M9 11.500L7.500 13a2.800 2.800 0 01-4-4L5 7.500',
  logout: 'M6 2.500H2.500v11H6M10 5l3 3-3 3M13 8H6',
  menu: 'M2 4h12M2 8h12M2 12h12',
  moon: 'M13.500 9.500A6 6 0 016.500 2.500a6 6 0 107 7z',
  play: 'M4.500 2.500l8 5.500-8 5.500z',
  query: 'M5 4.500L1.500 8 5 11.500M11 4.500L14.500 8 11 11.500M9 3L7 13',
  refresh: 'M13.500 8a5.500 5.500 0 11-1.600-3.900M13.500 1.500v3h-3',
  search: 'M7 2a5 5 0 100 10A5 5 0 007 2zM10.700 10.700L14 14',
  sun: 'M8 5a3 3 0 100 6 3 3 0 000-6zM8 1v1.500M8 13.500V15M1 8h1.500M13.500 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1',
  system: 'M2 3h12v8H2zM6 13.500h4M8 11v2.500',
  table: 'M2 2.500h12v11H2zM2 6h12M6.500 6v7.500',
  tools: 'M9.500 6.500L14 2M2 14l5-5M10 9l4 4-1.500 1.500-4-4M2.500 3.500L4 2l3 3-1.500 1.500z',
  warning: 'M8 2l6.500 11.500h-13zM8 6.500v3M8 11.500h.01',
} as const

export type IconName = keyof typeof PATHS

export function Icon({ name }: { readonly name: IconName }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  )
}
