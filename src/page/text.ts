/** Text from the guest as it is shown: always a text node, and without what turns or hides the text around it. */
import { oneLine, printable } from '../escape.ts'
import { rate as rateOf } from '../flow-cells.ts'

export const shown: (text: string) => string = oneLine
export const shownLines: (text: string) => string = printable

/** Stands for zero and for what is not known. */
export const none = '–'

export const rate = (bytes: number): string => rateOf(bytes, none)

export const time = (iso: string): string => new Date(iso).toLocaleString()
