/** The kept corpus of a target: one input a line, as base64. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const pathOf = (name: string): string => join(import.meta.dirname, 'corpus', `${name}.txt`)

export function readCorpus(name: string): Uint8Array[] {
  if (!existsSync(pathOf(name))) return []
  const lines = readFileSync(pathOf(name), 'utf8').split('\n')
  return lines.filter((line) => line !== '').map((line) => Uint8Array.from(Buffer.from(line, 'base64')))
}

export function writeCorpus(name: string, inputs: readonly Uint8Array[]): void {
  const lines = inputs.map((input) => `${Buffer.from(input).toString('base64')}\n`)
  writeFileSync(pathOf(name), lines.join(''))
}
