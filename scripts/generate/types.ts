/** schemas/desktop.schema.json → the type of a file that it accepts. */
import { compile } from 'json-schema-to-typescript'
import type { Schemas } from './schemas.ts'

export async function types({ folder, desktop }: Schemas): Promise<string> {
  return await compile(desktop as Parameters<typeof compile>[0], 'DesktopFile', {
    bannerComment: '/** Generated from schemas/desktop.schema.json by `npm run generate`. */',
    additionalProperties: false,
    cwd: `${folder}/`,
    style: { singleQuote: true, semi: false, printWidth: 110 },
  })
}
