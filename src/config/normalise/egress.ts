/** network.egress: the egress policy. */

import { canonicalIP } from '../addresses.ts'
import type { EgressSettings } from '../desired.ts'
import { type EgressRule, formatEgressRule, parseEgressTarget } from '../egress-rule.ts'
import type { DesktopFile } from '../generated/types.ts'
import type { Path } from '../read/source.ts'
import type { Report } from './report.ts'

type RawEgress = NonNullable<NonNullable<DesktopFile['network']>['egress']>

const at = (...path: Path): Path => ['network', 'egress', 'rules', ...path]
const form =
  'write TARGET[:PORT[-PORT]][/tcp|/udp|/icmp], e.g. "*.example.com:443", 10.0.0.0/8 or "[fd00::/8]:22"'

export function egressSettings(raw: RawEgress, report: Report): EgressSettings {
  const seen = new Map<string, number>()
  const rules = (raw.rules ?? []).flatMap((rule, i) => {
    const { allow, deny } = rule
    if ((allow === undefined) === (deny === undefined)) {
      const message =
        allow === undefined ? 'the rule says neither allow nor deny' : 'the rule says allow and deny'
      report(at(i), message, 'write one of them')
      return []
    }
    const action = allow === undefined ? 'deny' : 'allow'
    const text = allow ?? deny ?? ''
    const parsed = parseEgressTarget(action, text)
    if (typeof parsed === 'string') {
      report(at(i, action), `"${text}" ${parsed}`, form)
      return []
    }
    checkHostBits(text, parsed.to, at(i, action), report)
    if (raw.preset === 'lockdown') checkNarrow(parsed, text, at(i, action), report)
    const formatted = formatEgressRule(parsed)
    // The first match wins, so the later rule would have no effect.
    const target = formatted.replace(/^\w+ /, '')
    const twin = seen.get(target)
    if (twin !== undefined)
      report(at(i, action), `rules[${twin}] already matches "${text}"`, 'the first match wins')
    seen.set(target, i)
    return [formatted]
  })
  return { ...defaultOf(raw, report), rules }
}

/** A preset sets the default for unmatched destinations. */
function defaultOf(raw: RawEgress, report: Report): Omit<EgressSettings, 'rules'> {
  if (raw.preset === undefined) return { default: raw.default ?? 'allow' }
  const implied = raw.preset === 'lockdown' ? 'deny' : 'allow'
  if (raw.default !== undefined && raw.default !== implied)
    report(
      ['network', 'egress', 'default'],
      `default ${raw.default} contradicts preset ${raw.preset}, which means ${implied}`,
      'remove one of the two',
    )
  return raw.preset === 'lockdown' ? { preset: 'lockdown', default: 'deny' } : { default: 'allow' }
}

/** Wider networks belong to many owners. */
const widestBits = { ipv4: 8, ipv6: 16 } as const

function checkNarrow({ action, to }: EgressRule, text: string, path: Path, report: Report): void {
  if (action !== 'allow' || to.kind !== 'network') return
  const least = to.cidr.includes(':') ? widestBits.ipv6 : widestBits.ipv4
  if (Number(to.cidr.replace(/^.*\//, '')) >= least) return
  report(path, `"${text}" is too wide for preset lockdown`, `use a name, or a network of /${least} or longer`)
}

function checkHostBits(text: string, to: { kind: string; cidr?: string }, path: Path, report: Report): void {
  const given = canonicalIP(/^\[?([\da-f.:]+)\/\d+/i.exec(text)?.[1] ?? '')
  if (given === undefined || to.cidr === undefined) return
  if (!to.cidr.startsWith(`${given}/`)) report(path, `${text} has host bits set`, `did you mean ${to.cidr}?`)
}
