/**
 * The message that is signed for an artefact: its kinds and the digests of what it holds. An image or bundle is signed by
 * content, so that the signature still holds for the unpacked image in the cache; a saved plan by its bytes.
 */
import { createHash } from 'node:crypto'

/** A bundle is named beside the image that it holds. */
export type Statement =
  | { kind: 'image'; image: string }
  | { kind: 'bundle'; image: string; bundle: string }
  | { kind: 'plan'; plan: string }

const header = 'desktop-signature/1'
const digest = /^sha256:[0-9a-f]{64}$/

export function statementText(statement: Statement): string {
  const { kind, ...digests } = statement
  const lines = Object.entries(digests).map(([name, value]) => {
    if (!digest.test(value)) throw new Error(`${value} of a ${kind} is not a digest`)
    return `${name} ${value}`
  })
  return [header, ...lines, ''].join('\n')
}

export const planStatement = (bytes: Uint8Array): Statement => ({
  kind: 'plan',
  plan: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
})
