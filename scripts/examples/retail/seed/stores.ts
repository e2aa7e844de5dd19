/** The stores: location, size, growth, strong categories, and who manages them. */

export const CATEGORIES = [
  'Power tools',
  'Hand tools',
  'Garden tools',
  'Plants and growing',
  'Outdoor living',
  'Paint and decorating',
  'Plumbing and bathroom',
  'Electrical and lighting',
  'Flooring and tiling',
  'Storage and hardware',
] as const

export type Category = (typeof CATEGORIES)[number]

export interface Store {
  readonly name: string
  readonly location: string
  readonly kind: 'shop' | 'online'
  /** Share of the chain's orders at the start. The sum need not be 1. */
  readonly size: number
  /** Yearly growth of orders as a factor: 1.1 is 10 % more. */
  readonly growth: number
  /** Sales of a category relative to the chain's. */
  readonly strengths: Partial<Record<Category, number>>
}

export const STORES: readonly Store[] = [
  {
    name: 'Larkmoor Leeds',
    location: 'Kirkstall Road, Leeds',
    kind: 'shop',
    size: 0.15,
    growth: 1.08,
    strengths: { 'Power tools': 1.4, 'Hand tools': 1.3, 'Outdoor living': 0.8 },
  },
  {
    name: 'Larkmoor Manchester',
    location: 'Trafford Park, Manchester',
    kind: 'shop',
    size: 0.17,
    growth: 1.03,
    strengths: { 'Paint and decorating': 1.3, 'Electrical and lighting': 1.2 },
  },
  {
    name: 'Larkmoor Bristol',
    location: 'Longwell Green, Bristol',
    kind: 'shop',
    size: 0.13,
    growth: 1.14,
    strengths: { 'Plants and growing': 1.4, 'Outdoor living': 1.3 },
  },
  {
    name: 'Larkmoor Cardiff',
    location: 'Newport Road, Cardiff',
    kind: 'shop',
    size: 0.09,
    growth: 0.91,
    strengths: { 'Plumbing and bathroom': 1.4, 'Flooring and tiling': 1.2 },
  },
  {
    name: 'Larkmoor Edinburgh',
    location: 'Seafield Road, Edinburgh',
    kind: 'shop',
    size: 0.11,
    growth: 1.0,
    strengths: { 'Plumbing and bathroom': 1.2, 'Garden tools': 0.8, 'Outdoor living': 0.7 },
  },
  {
    name: 'Larkmoor Norwich',
    location: 'Sprowston Road, Norwich',
    kind: 'shop',
    size: 0.08,
    growth: 0.96,
    strengths: { 'Plants and growing': 1.5, 'Garden tools': 1.4 },
  },
  {
    name: 'Larkmoor Brighton',
    location: 'Lewes Road, Brighton',
    kind: 'shop',
    size: 0.1,
    growth: 1.06,
    strengths: { 'Outdoor living': 1.5, 'Paint and decorating': 1.2 },
  },
  {
    name: 'Larkmoor Online',
    location: 'larkmoor.example',
    kind: 'online',
    size: 0.17,
    growth: 1.32,
    strengths: { 'Electrical and lighting': 1.6, 'Storage and hardware': 1.2, 'Plants and growing': 0.6 },
  },
]

/** Assignments for the local issuer's users: alice manages a store, bob the northern stores. */
export const ASSIGNMENTS: readonly { userId: string; store: string; role: string }[] = [
  { userId: 'alice', store: 'Larkmoor Leeds', role: 'store_manager' },
  { userId: 'bob', store: 'Larkmoor Leeds', role: 'regional_manager' },
  { userId: 'bob', store: 'Larkmoor Manchester', role: 'regional_manager' },
  { userId: 'bob', store: 'Larkmoor Edinburgh', role: 'regional_manager' },
]
