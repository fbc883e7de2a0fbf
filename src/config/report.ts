/** How the semantic checks say what is wrong: each call is one mistake, none stops the others. */
import type { Path } from './read/position.ts'

export type Report = (path: Path, message: string, hint?: string, at?: 'key' | 'value') => void
