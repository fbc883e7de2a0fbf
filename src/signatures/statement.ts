/**
 * The message that is signed for an artefact: its kind and the digests of its contents. An image or bundle is
 * signed by content, so that the signature stays valid for the unpacked image in the cache; a saved plan is
 * signed by its bytes.
 */
import { createHash } from 'node:crypto'

/** A bundle's statement also contains the digest of its image. */
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
