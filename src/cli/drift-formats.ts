/** Values of `desktop drift --format`: the choices of the command line, the cases of the report, and what the tests cover. */
export const driftFormats = ['text', 'json', 'github', 'sarif', 'junit'] as const

export type DriftFormat = (typeof driftFormats)[number]
