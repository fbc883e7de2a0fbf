/** The address pool of overlay networks: 10.0.0.0/8, or the half of it without the machines. */
import { parseSubnet } from '../../config/addresses.ts'

const ten = 10 << 24

/** @param subnet network of the machines. */
export function swarmPool(subnet: string): string {
  const { base = 0, size = 0 } = parseSubnet(subnet) ?? {}
  const overlaps = base < ten + 2 ** 24 && base + size > ten
  if (!overlaps) return '10.0.0.0/8'
  return base < ten + 2 ** 23 ? '10.128.0.0/9' : '10.0.0.0/9'
}
