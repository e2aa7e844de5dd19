/** Customers' names, with addresses in a reserved domain (RFC 2606). */

import { pick, type Random } from './random.ts'

const FIRST =
  `Aisha Alan Amelia Andrew Anna Arjun Ben Bethan Callum Carmen Charlotte Chloe Daniel David Deepa Dylan Eilidh
  Ella Emma Ewan Fatima Felix Fiona Freya George Grace Hamza Hannah Harriet Harry Hugo Imogen Isla Ivan Jack Jasmine Joanna
  Joseph Karen Kieran Laura Leila Liam Lucy Magda Marcus Maria Megan Mohammed Nadia Naomi Nathan Nia Oliver Olivia Owen
  Patrick Paul Pooja Priya Rachel Rhys Robert Rosa Ruby Samuel Sara Simon Sofia Stephen Tariq Thomas Valerie Victor Wei
  Yasmin Zoe`.split(/\s+/)

const LAST =
  `Abbott Ahmed Allen Atkinson Bailey Barnes Begum Bell Bennett Bose Brooks Campbell Carter Chen Clarke Cooper
  Davies Dixon Douglas Edwards Evans Farrow Fletcher Foster Fraser Gill Gordon Graham Griffiths Hall Harding Harvey Hughes
  Hussain Jackson James Jenkins Kaur Kelly Kowalski Lambert Lewis Lloyd Macdonald Marsh Mason Mehta Miller Morgan Morris
  Murphy Murray Nowak Owens Palmer Parker Patel Pearce Price Quinn Reid Roberts Robinson Rossi Scott Shah Sharma Simpson
  Singh Stewart Taylor Thomas Turner Walker Ward Watson White Wood Wright Young`.split(/\s+/)

export interface Person {
  readonly firstName: string
  readonly lastName: string
  readonly email: string
}

/** `n` makes the address unique. */
export function createPerson(random: Random, n: number): Person {
  const firstName = pick(random, FIRST)
  const lastName = pick(random, LAST)
  return { firstName, lastName, email: `${firstName}.${lastName}.${n}@example.com`.toLowerCase() }
}
