/** This user's environments as a table and a document (schemas/environments.schema.json). */
import type { ListedEnvironment } from '../../apply/environment/list.ts'
import { formatBytes } from '../../config/units.ts'
import { ageOf, table } from './images.ts'
import { megabytes } from './observations.ts'

export interface EnvironmentsDocument {
  format: 'desktop-environments/1'
  environments: readonly ListedEnvironment[]
}

export const environmentsDocument = (environments: readonly ListedEnvironment[]): EnvironmentsDocument => ({
  format: 'desktop-environments/1',
  environments,
})

export function environmentsView({ environments }: EnvironmentsDocument, now: Date): string {
  if (environments.length === 0) return 'no environments\n'
  const rows = environments.map(({ name, state, file, lost, memoryBytes, disk, createdAt }) => [
    name,
    state,
    memoryBytes === undefined ? '-' : formatBytes(memoryBytes),
    disk === undefined ? '-' : `${megabytes(disk.allocatedBytes)} of ${formatBytes(disk.virtualBytes)}`,
    createdAt === undefined ? '-' : ageOf(new Date(createdAt), now),
    file === undefined ? '-' : lost ? `${file} (gone)` : file,
  ])
  return table([['NAME', 'STATE', 'MEMORY', 'DISK', 'AGE', 'FILE'], ...rows])
}
