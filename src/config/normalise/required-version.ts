/** requiredVersion: versions of desktop that may apply the file. */
import satisfies from 'semver/functions/satisfies.js'
import validRange from 'semver/ranges/valid.js'
import { toolVersion } from '../../version.ts'
import type { Report } from './report.ts'

export function requireVersion(range: string | undefined, report: Report): void {
  if (range === undefined) return
  if (validRange(range) === null) {
    report(['requiredVersion'], `"${range}" is not a version range`, 'e.g. ">=0.1"')
  } else if (!satisfies(toolVersion, range, { includePrerelease: true })) {
    report(
      ['requiredVersion'],
      `the file requires desktop ${range}, this is ${toolVersion}`,
      'update desktop',
    )
  }
}
