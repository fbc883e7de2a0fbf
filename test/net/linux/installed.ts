/** Checks for installed programs that some tests need. */
import { execFileSync } from 'node:child_process'

export function isInstalled(program: string): boolean {
  try {
    execFileSync('which', [program], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
