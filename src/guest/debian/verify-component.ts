/** Checks a component's packages against their own control files, since a lock file is untrusted. */
import { DesktopError } from '../../errors/desktop-error.ts'
import type { LockedComponent } from '../image.ts'
import type { Recipe } from './components.ts'
import { debControl } from './deb.ts'
import { debPath } from './debs.ts'
import { dependsOf, field } from './packages.ts'
import { parseRelations } from './relations.ts'

/** Throws `config/lock` if a package does not match its entry, or is not needed by the recipe. */
export async function verifyComponent(
  recipe: Recipe,
  component: LockedComponent,
  debsDir: string,
): Promise<void> {
  const stanzas = new Map<string, string>()
  for (const one of component.packages) {
    const control = await debControl(debPath(debsDir, one))
    const [name, version] = [field(control, 'Package'), field(control, 'Version')]
    if (name !== one.name || version !== one.version) {
      throw refused(`has ${one.name} ${one.version} with the digest of ${name} ${version}`)
    }
    stanzas.set(one.name, control)
  }
  const stray = unneeded(recipe.packages, stanzas)
  if (stray.length > 0) throw refused(`has ${stray.join(', ')} in ${recipe.name}, which nothing there needs`)
}

const refused = (message: string): DesktopError =>
  new DesktopError('config/lock', `the lock ${message}`, {
    hint: 'restore desktop.lock from version control, or write a new one: desktop lock --update',
  })

/** Names that are not in the dependency closure of `wanted`. Pure. */
export function unneeded(wanted: readonly string[], stanzas: ReadonlyMap<string, string>): string[] {
  const providers = new Map<string, string[]>()
  for (const [name, stanza] of stanzas) {
    const virtual = parseRelations(field(stanza, 'Provides') ?? '').flat()
    for (const one of [name, ...virtual.map((relation) => relation.name)])
      providers.set(one, [...(providers.get(one) ?? []), name])
  }
  const reached = new Set<string>()
  const queue = [...wanted]
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    for (const found of providers.get(name) ?? []) {
      if (reached.has(found)) continue
      reached.add(found)
      queue.push(...dependsOf(stanzas.get(found) ?? '').flatMap((any) => any.map((one) => one.name)))
    }
  }
  return [...stanzas.keys()].filter((name) => !reached.has(name))
}
