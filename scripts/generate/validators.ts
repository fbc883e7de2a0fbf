/**
 * Compiles the schemas ahead of time: compiling them at start-up takes longer than the rest of a plan without
 * changes.
 */
import { Ajv } from 'ajv'
import standalone from 'ajv/dist/standalone/index.js'
import type { Schemas } from './schemas.ts'

/** Our own schema annotations, used by the generator and messages but not by the validator. */
const annotations = ['x-planned', 'x-refused', 'x-expected', 'x-effect', 'x-neutral', 'x-resets']

export function validators({ desktop, daemon, linuxkit }: Schemas): string {
  const ajv = new Ajv({
    allErrors: true,
    verbose: true,
    allowUnionTypes: true,
    code: { source: true, esm: true, lines: true },
    keywords: annotations,
    schemas: [desktop, daemon, linuxkit],
  })
  const compile = (standalone as unknown as { default: (a: Ajv, names: object) => string }).default
  const code = compile(ajv, { validateDesktop: 'desktop.schema.json' })
  return `// Generated from schemas/ by \`npm run generate\`.\n${withImports(compact(code))}`
}

/**
 * Ajv writes eight lines per error, half of them for fields that nothing reads (schemaPath, schema). One line
 * each halves the file.
 */
function compact(code: string): string {
  const report =
    /const (err\d+) = \{(instancePath.*?),schemaPath:"[^"]*"(,keyword:.*?),schema:.*?(,parentSchema:.*)\};\s*if\(vErrors === null\)\{\s*vErrors = \[\1\];\s*\}\s*else \{\s*vErrors\.push\(\1\);\s*\}\s*errors\+\+;/g
  const short = code.replace(report, '(vErrors ??= []).push({$2$3$4});errors++;')
  if (/\berr\d+\b/.test(short)) throw new Error('ajv reports errors in another form: adapt compact()')
  return short
}

/**
 * Ajv loads its helpers through CommonJS even in a module; replaces that with imports that work with any
 * loader's interop.
 */
function withImports(code: string): string {
  const imports: string[] = []
  const body = code.replace(
    /const (\w+) = require\("([^"]+)"\)\.default;?/g,
    (_all, name: string, path: string) => {
      imports.push(`import ${name}_ from '${path}.js';`, `const ${name} = ${name}_.default ?? ${name}_;`)
      return ''
    },
  )
  return [...imports, body.replace(/"use strict";?/, ''), ''].join('\n')
}
