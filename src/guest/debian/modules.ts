/**
 * `depmod` for the kept modules: reads each module's `.modinfo` section and writes modprobe's text indexes. The build
 * host does not need kmod.
 */

export interface ModuleFile {
  /** Path below `/lib/modules/VERSION/`, e.g. `kernel/fs/overlayfs/overlay.ko`. */
  path: string
  content: Uint8Array
}

export interface ModuleInfo {
  path: string
  name: string
  depends: readonly string[]
  /** Not required by symbols, but to be loaded first. */
  softdeps: readonly string[]
  aliases: readonly string[]
}

const elf64LittleEndian = 0x02_01

/** Content of a section in a 64-bit little-endian ELF file; undefined if there is none with that name. */
function section(elf: Uint8Array, wanted: string): Uint8Array | undefined {
  const view = new DataView(elf.buffer, elf.byteOffset, elf.byteLength)
  if (elf.length < 64 || view.getUint32(0) !== 0x7f454c46 || view.getUint16(4) !== elf64LittleEndian) {
    throw new Error('not a 64-bit ELF file')
  }
  const tableAt = Number(view.getBigUint64(0x28, true))
  const entrySize = view.getUint16(0x3a, true)
  const count = view.getUint16(0x3c, true)
  const header = (index: number) => {
    const at = tableAt + index * entrySize
    return {
      name: view.getUint32(at, true),
      offset: Number(view.getBigUint64(at + 0x18, true)),
      size: Number(view.getBigUint64(at + 0x20, true)),
    }
  }
  const names = header(view.getUint16(0x3e, true))
  const nameAt = (offset: number) => {
    const start = names.offset + offset
    return Buffer.from(elf.subarray(start, elf.indexOf(0, start))).toString('latin1')
  }
  for (let index = 0; index < count; index++) {
    const { name, offset, size } = header(index)
    if (nameAt(name) === wanted) return elf.subarray(offset, offset + size)
  }
  return undefined
}

/** Modules are named by file; `-` and `_` are equivalent. */
function moduleName(path: string): string {
  return (path.split('/').at(-1) ?? path).replace(/\.ko(\.xz|\.zst|\.gz)?$/, '').replaceAll('-', '_')
}

/** Parses the NUL-separated `key=value` strings of the `.modinfo` section. */
export function parseModule({ path, content }: ModuleFile): ModuleInfo {
  const bytes = section(content, '.modinfo')
  const fields = bytes === undefined ? [] : Buffer.from(bytes).toString('latin1').split('\0')
  const all = (key: string) =>
    fields.filter((f) => f.startsWith(`${key}=`)).map((f) => f.slice(key.length + 1))
  const names = (text: string) =>
    text
      .split(/[\s,]+/)
      .filter((name) => name !== '')
      .map((name) => name.replaceAll('-', '_'))
  return {
    path,
    name: moduleName(path),
    depends: all('depends').flatMap(names),
    softdeps: all('softdep')
      .filter((text) => text.startsWith('pre:'))
      .flatMap((text) => names(text.slice(4).replace(/post:.*/, ''))),
    aliases: all('alias'),
  }
}

/** Dependencies of `name`, nearest first, in modules.dep order. */
function closure(name: string, byName: ReadonlyMap<string, ModuleInfo>): ModuleInfo[] {
  const found = new Map<string, ModuleInfo>()
  const visit = (current: ModuleInfo) => {
    for (const dependency of current.depends) {
      const module = byName.get(dependency)
      if (module === undefined || module.name === name) continue
      // A Map keeps the first position; deleting moves a shared dependency after all modules that need it.
      found.delete(module.name)
      found.set(module.name, module)
      visit(module)
    }
  }
  const root = byName.get(name)
  if (root !== undefined) visit(root)
  return [...found.values()]
}

/** Device nodes in kmod's format: `tun net/tun c10:200`. Opening such a node loads the module. */
function deviceNodes({ name, aliases }: ModuleInfo): string[] {
  const node = aliases.find((alias) => alias.startsWith('devname:'))?.slice('devname:'.length)
  const number = aliases
    .map((alias) => /^(char|block)-major-(\d+)-(\d+)$/.exec(alias))
    .find((match) => match !== null)
  if (node === undefined || number === undefined) return []
  const [, kind = '', major = '', minor = ''] = number
  return [`${name} ${node} ${kind.charAt(0)}${major}:${minor}`]
}

/** `modules.dep`, `modules.alias`, `modules.softdep` and `modules.devname` for these modules only. */
export function moduleIndexes(modules: readonly ModuleInfo[]): Readonly<Record<string, string>> {
  const sorted = [...modules].sort((a, b) => (a.path < b.path ? -1 : 1))
  const byName = new Map(sorted.map((module) => [module.name, module]))
  const lines = (text: readonly string[]) => text.map((line) => `${line}\n`).join('')
  return {
    'modules.dep': lines(
      sorted.map(
        (m) =>
          `${m.path}:${closure(m.name, byName)
            .map((d) => ` ${d.path}`)
            .join('')}`,
      ),
    ),
    'modules.alias': lines(sorted.flatMap((m) => m.aliases.map((alias) => `alias ${alias} ${m.name}`))),
    'modules.softdep': lines(
      sorted
        .filter((m) => m.softdeps.length > 0)
        .map((m) => `softdep ${m.name} pre: ${m.softdeps.join(' ')}`),
    ),
    'modules.devname': lines(sorted.flatMap((m) => deviceNodes(m))),
  }
}
