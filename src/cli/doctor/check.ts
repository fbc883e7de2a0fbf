/** One check result of `desktop doctor`. */
export interface Check {
  name: string
  /** `limited`: works with restrictions. */
  state: 'good' | 'limited' | 'bad'
  found: string
  /** How to fix it; for `limited` and `bad`. */
  fix?: string
}

export const good = (name: string, found: string): Check => ({ name, state: 'good', found })
export const limited = (name: string, found: string, fix: string): Check => ({
  name,
  state: 'limited',
  found,
  fix,
})
export const bad = (name: string, found: string, fix: string): Check => ({ name, state: 'bad', found, fix })
