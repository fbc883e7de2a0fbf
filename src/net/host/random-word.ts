/** Cryptographically random words, signed. */
import { randomInt } from 'node:crypto'

export const randomWord = (): number => randomInt(2 ** 32) | 0
