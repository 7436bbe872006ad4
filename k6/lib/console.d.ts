/** k6 has a console of its own; its types do not say so. */
declare const console: { log(text: string): void };
