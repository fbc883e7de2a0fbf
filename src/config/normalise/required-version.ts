/** requiredVersion: which versions of desktop may apply the file. */
import semver from 'semver'
import { toolVersion } from '../../version.ts'
import type { Report } from './report.ts'

export function requireVersion(range: string | undefined, report: Report): void {
  if (range === undefined) return
  if (semver.validRange(range) === null) {
    report(['requiredVersion'], `"${range}" is not a version range`, 'e.g. ">=0.1"')
  } else if (!semver.satisfies(toolVersion, range, { includePrerelease: true })) {
    report(['requiredVersion'], `the file wants desktop ${range}, this is ${toolVersion}`, 'update desktop')
  }
}
