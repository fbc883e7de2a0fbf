/**
 * A bundle of the command, one of the supervisor, one of what starts QEMU in a Landlock domain and one of the forwarder as a library, so that none loads what only
 * another needs, and one of the page that browsers load. What every plan needs is one chunk, since each file costs a
 * third of a millisecond to find and link; what a command needs beside that is loaded when it runs. koffi has a native
 * part and is copied to dist/vendor, so that dist/ needs no package.
 */
import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Plugin, RolldownOptions } from 'rolldown'

const isBuiltin = (id: string): boolean =>
  // The bundler's own first lines need this one.
  id.startsWith('node:') && id !== 'node:module'

/**
 * Modules of Node as the objects that they are. An ESM import reads every export of one at once, and some load
 * more when they are read: `node:crypto` the whole of WebCrypto (5 ms), `node:http` undici (18 ms).
 */
const builtins: Plugin = {
  name: 'builtins',
  resolveId: (id, _importer, { kind }) =>
    kind === 'import-statement' && isBuiltin(id) ? { id: `\0${id}`, moduleSideEffects: false } : undefined,
  load: (id) => {
    if (!id.startsWith('\0node:')) return undefined
    const name = id.slice(1)
    const names = Object.keys(process.getBuiltinModule(name) ?? {}).filter((key) => key !== 'default')
    return [
      `const all = process.getBuiltinModule('${name}')`,
      'export default all',
      ...names.map((key) => `export const ${key} = /* @__PURE__ */ all.${key}`),
    ].join('\n')
  },
}

const packages = join(import.meta.dirname, 'node_modules')

/** The part of koffi that runs, laid out as npm does: it finds its native part in the folder beside its own. */
const koffiFiles = ['koffi/{package.json,LICENSE.txt,index.js,src/koffi/index.js,src/koffi/src/static.js}']
/** Both libcs of Linux; the folder is the platform that npm installed for. */
export const nativeFiles = 'koffi-*/{package.json,index.js,*/koffi.node}'

const vendorKoffi: Plugin = {
  name: 'vendor-koffi',
  generateBundle() {
    for (const file of globSync([...koffiFiles, `@koromix/${nativeFiles}`], { cwd: packages }))
      this.emitFile({
        type: 'asset',
        fileName: `vendor/${file}`,
        source: readFileSync(join(packages, file)),
      })
  },
}

/**
 * Code of ASCII alone, which V8 keeps as bytes: one other letter doubles the text that is hashed and looked through at
 * each start. An escape means the same in a string, a template, a pattern and a comment.
 */
const ascii: Plugin = {
  name: 'ascii',
  renderChunk: (code) =>
    code.replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
}

type Bundle = RolldownOptions & { input: Record<string, string> }

const bundle = (name: string, entry: string, together: RegExp): Bundle => ({
  input: { [name]: entry },
  platform: 'node',
  external: ['koffi'],
  plugins: [builtins, vendorKoffi, ascii],
  // No paths in the output: the same sources give the same bytes, wherever they and their packages lie.
  experimental: { attachDebugInfo: 'none' },
  // Nor is koffi loaded where nothing of it is called.
  treeshake: {
    propertyReadSideEffects: false,
    moduleSideEffects: [{ test: /^koffi$/, external: true, sideEffects: false }],
  },
  output: {
    dir: 'dist',
    format: 'esm',
    paths: { koffi: './vendor/koffi/index.js' },
    // Beside the entries: code finds supervisor.js and the package by its own directory.
    entryFileNames: '[name].js',
    chunkFileNames: `${name}-[name]-[hash].js`,
    codeSplitting: {
      groups: [
        // Before compiled code is looked for, and all that `--version` needs.
        { name: 'first', test: /\/(package\.json|src\/version\.ts|src\/host\/paths\.ts)$/, priority: 1 },
        { name: 'core', test: together },
      ],
    },
    minify: false,
    // Licences stay; documentation is in the sources, and is read at each start.
    comments: { jsdoc: false },
    sourcemap: false,
  },
})

/** Beside the page's code: its styles in one file, the page itself and its icon. */
const pageFiles: Plugin = {
  name: 'page-files',
  load(id) {
    if (id.endsWith('.css')) {
      styles.set(id, readFileSync(id, 'utf8'))
      return nothing
    }
    if (!/\.(html|svg)$/.test(id)) return undefined
    this.emitFile({ type: 'asset', fileName: `page/${basename(id)}`, source: readFileSync(id) })
    return nothing
  },
  generateBundle(_options, bundle) {
    // In the order of the imports, and not of the reads: a later rule of the cascade wins.
    const entries = Object.values(bundle).flatMap((one) => (one.type === 'chunk' ? [one.facadeModuleId] : []))
    const imports = entries.flatMap((id) => this.getModuleInfo(id ?? '')?.importedIds ?? [])
    const source = imports.flatMap((id) => styles.get(id) ?? []).join('\n')
    this.emitFile({ type: 'asset', fileName: 'page/page.css', source })
  },
}
const styles = new Map<string, string>()
const nothing = { code: '', moduleType: 'js' } as const

/** What `desktop ui` serves, for browsers. */
const page: Bundle = {
  input: { 'page/main': 'src/page/main.tsx' },
  platform: 'browser',
  plugins: [pageFiles],
  // All that decides the output stands here.
  tsconfig: false,
  transform: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  experimental: { attachDebugInfo: 'none' },
  output: { dir: 'dist', format: 'esm', entryFileNames: '[name].js', minify: true, sourcemap: false },
}

const launcher: Bundle = {
  ...bundle('landlock', 'src/vm/qemu/landlock-launcher.ts', /\/src\/vm\/qemu\/landlock-launcher\.ts$/),
  external: [],
  resolve: { alias: { koffi: join(import.meta.dirname, 'src/host/koffi-native.ts') } },
}

const bundles: readonly Bundle[] = [
  bundle('desktop', 'src/cli/main.ts', /\/src\/cli\/(run|commands\/plan)\.ts$/),
  bundle('supervisor', 'src/supervisor/main.ts', /\/src\/supervisor\/main\.ts$/),
  launcher,
  bundle('net', 'src/net/library.ts', /\/src\/net\/library\.ts$/),
  page,
]

export default bundles
