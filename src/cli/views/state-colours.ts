/** The colour of each state, for environments and machines. */
import type { StatusDocument } from './status-document.ts'

type Colour = 'green' | 'yellow' | 'dim' | 'cyan' | 'red'

export const stateColours: Readonly<Record<StatusDocument['state'], Colour>> = {
  running: 'green',
  starting: 'yellow',
  stopped: 'dim',
  suspended: 'cyan',
  absent: 'dim',
  degraded: 'red',
  unknown: 'red',
}
