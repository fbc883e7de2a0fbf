/**
 * Two bundles, so that neither the command nor the supervisor loads what only the other needs. What every plan
 * needs is one chunk, since each file costs a third of a millisecond to find and link; what a command needs beside
 * that is loaded when it runs. koffi has a native part and stays a package.
 */
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

type Bundle = RolldownOptions & { input: Record<string, string> }

const bundle = (name: string, entry: string, together: RegExp): Bundle => ({
  input: { [name]: entry },
  platform: 'node',
  external: ['koffi'],
  plugins: [builtins],
  treeshake: { propertyReadSideEffects: false },
  output: {
    dir: 'dist',
    format: 'esm',
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
    sourcemap: false,
  },
})

const bundles: readonly Bundle[] = [
  bundle('desktop', 'src/cli/main.ts', /\/src\/cli\/(run|commands\/plan)\.ts$/),
  bundle('supervisor', 'src/supervisor/main.ts', /\/src\/supervisor\/main\.ts$/),
]

export default bundles
