/** Guest text for display: always a text node, without characters that reorder or hide the text around it. */
import { oneLine, printable } from '../escape.ts'
import { rate as rateOf } from '../flow-cells.ts'

export const shown: (text: string) => string = oneLine
export const shownLines: (text: string) => string = printable

/** Placeholder for zero and unknown values. */
export const none = '–'

export const rate = (bytes: number): string => rateOf(bytes, none)

export const time = (iso: string): string => new Date(iso).toLocaleString()
