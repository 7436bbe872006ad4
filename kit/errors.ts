/** Exit codes of every command, documented in README.md and in `holdfast --help`. */
export const EXIT = {
  held: 0,
  violated: 1,
  unknown: 2,
  usage: 64,
  internal: 70,
  interrupted: 130,
} as const;

/** All error codes with their exit codes. */
const ERROR_CODES = {
  usage: EXIT.usage,
  'invalid-topology': EXIT.usage,
  'engine-missing': EXIT.internal,
  'engine-failed': EXIT.internal,
  'unsupported-machine': EXIT.internal,
  'image-build-failed': EXIT.internal,
  'compose-failed': EXIT.internal,
  'stack-not-healthy': EXIT.internal,
  'stack-down': EXIT.internal,
  'wrong-checkout': EXIT.usage,
  'roll-stopped': EXIT.internal,
  refused: EXIT.usage,
  'change-unfinished': EXIT.usage,
  'release-refused': EXIT.usage,
  'release-failed': EXIT.internal,
  'switch-failed': EXIT.internal,
  'config-drift': EXIT.violated,
  locked: EXIT.usage,
  'heal-failed': EXIT.internal,
  'load-failed': EXIT.internal,
  'unreadable-record': EXIT.unknown,
  'write-failed': EXIT.internal,
  interrupted: EXIT.interrupted,
  deadline: EXIT.internal,
  http: EXIT.internal,
  'query-refused': EXIT.internal,
  docker: EXIT.internal,
} as const satisfies Record<string, number>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** An error for the user: one sentence, a fix if one is known, and the cause. */
export class HoldfastError extends Error {
  readonly code: ErrorCode;
  /** Instruction for the user. */
  readonly fix: string | undefined;

  constructor(code: ErrorCode, message: string, options: { readonly cause?: unknown; readonly fix?: string } = {}) {
    super(message, { cause: options.cause });
    this.name = 'HoldfastError';
    this.code = code;
    this.fix = options.fix;
  }

  get exitCode(): number {
    return ERROR_CODES[this.code];
  }
}

/** The text of any thrown value. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
