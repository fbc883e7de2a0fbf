/** Converts another tool's files to a valid desktop.yaml, and lists the settings that could not be imported. */
import { importColima } from './colima.ts'
import { type HostFacts, thisHost } from './defaults.ts'
import { importDockerDesktop } from './docker-desktop.ts'
import { type Draft, emptyDraft } from './draft.ts'
import { importLima } from './lima.ts'
import { type Settings, settingsOf } from './source.ts'
import { importedText } from './write.ts'

type Importer = (draft: Draft, settings: Settings, file: string, host: HostFacts) => void

export type Tool = 'docker-desktop' | 'lima' | 'colima'

const importers: Readonly<Record<Tool, Importer>> = {
  'docker-desktop': importDockerDesktop,
  lima: importLima,
  colima: importColima,
}

export interface ImportInput {
  tool: Tool
  /** Name of the environment. */
  name: string
  /** File names as given by the user; later files override earlier ones. */
  files: readonly { file: string; text: string }[]
  /** Some defaults of other tools depend on the host's size. Default: this host. */
  host?: HostFacts
}

/** Throws `import/unreadable`. */
export function importSettings({ tool, name, files, host = thisHost() }: ImportInput): {
  text: string
  draft: Draft
} {
  const draft = emptyDraft(name)
  for (const { file, text } of files) importers[tool](draft, settingsOf(text, file), file, host)
  return { text: importedText(draft, files.map(({ file }) => file).join(', ')), draft }
}
