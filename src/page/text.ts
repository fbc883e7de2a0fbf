/** Text from the guest as it is shown: always a text node, and without what turns or hides the text around it. */
import { amount } from '../amount.ts'
import { oneLine, printable } from '../escape.ts'

export const shown: (text: string) => string = oneLine
export const shownLines: (text: string) => string = printable

export const rate = (bytes: number): string => (bytes === 0 ? '–' : `${amount(bytes)}/s`)

export const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`

export const time = (iso: string): string => new Date(iso).toLocaleString()
